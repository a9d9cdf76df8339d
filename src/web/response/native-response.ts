type ResponseClass = typeof globalThis.Response;

// A registered symbol, since another copy of this package may have replaced the global class.
const NATIVE = Symbol.for('startproject.native-response');

/**
 * Set during the import (by the boot of a worker) if `keepNativeResponse()` will be called before code of a site runs.
 */
const IS_KEPT_LATER = Symbol.for('startproject.native-response-later');

/** The global class before any code of a site can replace it. */
let original: PropertyDescriptor | undefined;
let isKept = false;
let native: ResponseClass | undefined;

if (!(globalThis as { [IS_KEPT_LATER]?: boolean })[IS_KEPT_LATER]) keepNativeResponse();

/**
 * Remembers the current global `Response`. From Node 22 on, reading its descriptor loads the class (`bench/first-use.js`).
 */
export function keepNativeResponse(): void {
  if (isKept) return;
  isKept = true;
  original = Object.getOwnPropertyDescriptor(globalThis, 'Response');
}

/** The runtime's class, even if a site has replaced the global one, for example by ours. */
export function nativeResponse(): ResponseClass {
  keepNativeResponse();
  native ??= readNative();
  return native;
}

/** Lets other copies of this package find the class that our objects delegate to. */
export function markDelegating(ours: object): void {
  Object.defineProperty(ours, NATIVE, { get: nativeResponse });
}

function readNative(): ResponseClass {
  const found = readOriginal();
  return (found as { [NATIVE]?: ResponseClass })[NATIVE] ?? found;
}

function readOriginal(): ResponseClass {
  // In some runtimes the global object inherits the property.
  if (original === undefined) return globalThis.Response;
  const { get, value } = original;
  if (get === undefined) return value;
  const current = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  const found = get.call(globalThis);
  // Node's getter replaces itself with the loaded class, even if the property has changed in the meantime.
  if (current !== undefined && !current.get) Object.defineProperty(globalThis, 'Response', current);
  return found;
}
