import { inspect } from 'node:util';
import type { Namespace } from './module-record.ts';

/** The prototype of the site's namespaces. Its only purpose is that Node prints values instead of getters. */
export const NAMESPACE_PROTOTYPE: object = Object.create(null, {
  [inspect.custom]: { value: inspectNamespace },
});

/** Creates a namespace in which each name is read by its own function. */
export function createNamespace(readers: Iterable<readonly [name: string, read: () => unknown]>): Namespace {
  const namespace = Object.create(NAMESPACE_PROTOTYPE);
  defineReaders(namespace, readers);
  return namespace;
}

/**
 * Adds names to a namespace. A namespace lists its names in code-unit order (ECMAScript, 10.4.6.11), so all names are
 * sorted again.
 */
export function addReaders(
  namespace: Namespace,
  readers: Iterable<readonly [name: string, read: () => unknown]>,
): void {
  const known = Object.entries(Object.getOwnPropertyDescriptors(namespace));
  const added = [...readers].filter(([name]) => !Object.hasOwn(namespace, name));
  if (added.length === 0) return;
  for (const [name] of known) delete (namespace as Record<string, unknown>)[name];
  defineReaders(namespace, [...known.map(([name, { get }]) => [name, get!] as const), ...added]);
}

function defineReaders(namespace: object, readers: Iterable<readonly [string, () => unknown]>): void {
  for (const [name, get] of [...readers].sort(([a], [b]) => (a < b ? -1 : 1)))
    Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get });
}

/** Seals a namespace. It must happen before a module gets the namespace as an object. */
export function sealNamespace(namespace: Namespace): Namespace {
  if (Object.isExtensible(namespace)) {
    Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
    Object.seal(namespace);
  }
  return namespace;
}

function inspectNamespace(this: Namespace, depth: number, options: object): string {
  if (depth < 0) return '[Object: null prototype] [Module]';
  const text = inspect(Object.assign(Object.create(null), readValues(this)), { ...options, depth });
  return text.replace(/^\[Object: null prototype\] (?:\{\}$)?/, (start) =>
    start.endsWith('}') ? '[Module: null prototype] {  }' : '[Module: null prototype] ',
  );
}

/** The values of an object's getters, for printing. */
export function readValues(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(object)) {
    try {
      values[name] = object[name];
    } catch {
      values[name] = UNINITIALIZED; // The declaration has not run yet.
    }
  }
  return values;
}

const UNINITIALIZED = { [inspect.custom]: () => '<uninitialized>' };
