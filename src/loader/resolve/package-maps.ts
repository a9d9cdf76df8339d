import { NotFound } from './not-found.ts';

/** A target in `exports` or `imports`: a path below the package, `./lib/a.js`, or for `imports` another package. */
type Target = string;

const MAX_NAMES = 20;
/** What `exports` may lead to: a path below the package. */
const INNER = /^\.\//;
/** What `imports` may lead to: another package, too. */
const INNER_OR_PACKAGE = /^(?:\.\/|[^./])/;

/**
 * Looks a subpath up in the `exports` of a package.json.
 *
 * @param subpath `.` or `./sub`.
 * @param packageName For messages.
 * @throws {NotFound}
 */
export function exportedTarget(
  exports: unknown,
  subpath: string,
  conditions: ReadonlySet<string>,
  packageName: string,
): Target {
  const map = hasSubpaths(exports) ? exports : { '.': exports };
  const target = mapped(map, subpath, conditions);
  if (typeof target === 'string') return target;
  const specifier = packageName + subpath.slice(1);
  const names = Object.keys(map).filter((name) => !name.includes('*'));
  const what = subpath in map ? `under the conditions ${[...conditions].join(', ')}` : `under this name`;
  throw new NotFound(`"exports" in the package.json of ${packageName} has nothing ${what}`, {
    code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
    alternatives: names.map((name) => packageName + name.slice(1)).filter((name) => name !== specifier),
  });
}

/**
 * Looks a name up in the `imports` of a package.json.
 *
 * @param name With its `#`.
 * @param file The package.json, for messages.
 * @throws {NotFound}
 */
export function importedTarget(
  imports: unknown,
  name: string,
  conditions: ReadonlySet<string>,
  file: string,
): Target {
  const map = isMap(imports) ? imports : {};
  const target = mapped(map, name, conditions);
  if (typeof target === 'string') return target;
  throw new NotFound(`"imports" in ${file} has nothing under this name`, {
    code: 'ERR_PACKAGE_IMPORT_NOT_DEFINED',
    alternatives: Object.keys(map).slice(0, MAX_NAMES),
  });
}

/** `exports` is a map of subpaths, unless it is one target, or a map of conditions. */
function hasSubpaths(exports: unknown): exports is Readonly<Record<string, unknown>> {
  return isMap(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
}

/** Node's PACKAGE_IMPORTS_EXPORTS_RESOLVE: the exact name, or the longest matching pattern. */
function mapped(
  map: Readonly<Record<string, unknown>>,
  name: string,
  conditions: ReadonlySet<string>,
): Target | null | undefined {
  const lookup = { conditions, possible: name.startsWith('#') ? INNER_OR_PACKAGE : INNER };
  if (Object.hasOwn(map, name) && !name.includes('*')) return choose(map[name], '', lookup);
  let best: { readonly pattern: string; readonly star: number } | undefined;
  for (const pattern of Object.keys(map)) {
    const star = pattern.indexOf('*');
    const end = pattern.slice(star + 1);
    const fits =
      star >= 0 &&
      name.startsWith(pattern.slice(0, star)) &&
      name.length >= pattern.length &&
      name.endsWith(end);
    if (fits && (best === undefined || comesFirst(pattern, star, best))) best = { pattern, star };
  }
  if (best === undefined) return undefined;
  const { pattern, star } = best;
  return choose(map[pattern], name.slice(star, name.length - (pattern.length - star - 1)), lookup);
}

function comesFirst(pattern: string, star: number, other: { pattern: string; star: number }): boolean {
  return star > other.star || (star === other.star && pattern.length > other.pattern.length);
}

interface Lookup {
  readonly conditions: ReadonlySet<string>;
  readonly possible: RegExp;
}

/** Node's PACKAGE_TARGET_RESOLVE, without the file system. `null` excludes a name, also where other conditions follow. */
function choose(target: unknown, match: string, lookup: Lookup): Target | null | undefined {
  if (typeof target === 'string') return target.replaceAll('*', () => match);
  if (Array.isArray(target)) {
    const chosen = target.map((entry) => choose(entry, match, lookup));
    const targets = chosen.filter((entry) => typeof entry === 'string');
    // What can be no target is passed over: a later Node may know what it means.
    return targets.find((entry) => lookup.possible.test(entry)) ?? targets[0];
  }
  if (!isMap(target)) return target === null ? null : undefined;
  for (const [condition, entry] of Object.entries(target)) {
    if (condition !== 'default' && !lookup.conditions.has(condition)) continue;
    const chosen = choose(entry, match, lookup);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
