import { NotFound } from './not-found.ts';

/** A target in `exports` or `imports`: a path below the package, `./lib/a.js`, or for `imports` another package. */
type Target = string;

type PackageMap = Readonly<Record<string, unknown>>;

interface Lookup {
  readonly conditions: ReadonlySet<string>;
  /** Whether the map is `imports`. Its targets may be other packages. */
  readonly isInternal: boolean;
}

const MAX_NAMES = 20;
/** Segments that Node does not allow in a target and in the text that `*` matches. */
const LEADS_OUT = /(?:^|[\\/])(?:\.{1,2}|node_modules)(?:[\\/]|$)/i;
const INVALID_TARGET = 'ERR_INVALID_PACKAGE_TARGET';

/** Whether `exports` of a package.json is used. Node ignores values of other types. */
export function isExportsMap(exports: unknown): boolean {
  return typeof exports === 'string' || (typeof exports === 'object' && exports !== null);
}

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
  const map = isMap(exports) && hasSubpaths(exports, packageName) ? exports : { '.': exports };
  const target = mapped(map, subpath, { conditions, isInternal: false });
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
  if (name === '#' || name.endsWith('/')) {
    throw new NotFound(`'${name}' cannot be a name in "imports"`, { code: 'ERR_INVALID_MODULE_SPECIFIER' });
  }
  const map = isMap(imports) ? imports : {};
  const target = mapped(map, name, { conditions, isInternal: true });
  if (typeof target === 'string') return target;
  throw new NotFound(`"imports" in ${file} has nothing under this name`, {
    code: 'ERR_PACKAGE_IMPORT_NOT_DEFINED',
    alternatives: Object.keys(map).slice(0, MAX_NAMES),
  });
}

/** Whether `exports` is a map of subpaths. Otherwise it is a map of conditions. */
function hasSubpaths(exports: PackageMap, packageName: string): boolean {
  const keys = Object.keys(exports);
  const subpaths = keys.filter((key) => key.startsWith('.'));
  if (subpaths.length > 0 && subpaths.length < keys.length) {
    const what = `"exports" in the package.json of ${packageName} has both subpaths and conditions`;
    throw new NotFound(what, { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  }
  return subpaths.length === keys.length;
}

/** Node's PACKAGE_IMPORTS_EXPORTS_RESOLVE: the exact name, or the longest matching pattern. */
function mapped(map: PackageMap, name: string, lookup: Lookup): Target | null | undefined {
  const isExact = Object.hasOwn(map, name) && !name.includes('*') && !name.endsWith('/');
  if (isExact) return choose(map[name], undefined, lookup);
  let best: { readonly pattern: string; readonly star: number } | undefined;
  for (const pattern of Object.keys(map)) {
    const star = pattern.indexOf('*');
    const end = pattern.slice(star + 1);
    const fits =
      star >= 0 &&
      star === pattern.lastIndexOf('*') &&
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

/**
 * Node's PACKAGE_TARGET_RESOLVE, without the file system. `null` excludes a name, also when other conditions follow.
 *
 * @param match The text that `*` matches. Undefined for an exact name.
 */
function choose(target: unknown, match: string | undefined, lookup: Lookup): Target | null | undefined {
  if (typeof target === 'string') return filledIn(target, match, lookup);
  if (Array.isArray(target)) return chooseFrom(target, match, lookup);
  if (target === null) return null;
  if (!isMap(target)) throw invalidTarget(JSON.stringify(target));
  const conditions = Object.entries(target);
  if (conditions.some(([condition]) => /^(?:0|[1-9]\d*)$/.test(condition))) {
    throw new NotFound('a condition in its package.json is a number', { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  }
  for (const [condition, entry] of conditions) {
    if (condition !== 'default' && !lookup.conditions.has(condition)) continue;
    const chosen = choose(entry, match, lookup);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** The first valid target of a list. Invalid ones are skipped: they may have a meaning in a later version of Node. */
function chooseFrom(
  targets: readonly unknown[],
  match: string | undefined,
  lookup: Lookup,
): Target | null | undefined {
  let last: NotFound | null | undefined = targets.length === 0 ? null : undefined;
  for (const target of targets) {
    try {
      const chosen = choose(target, match, lookup);
      if (typeof chosen === 'string') return chosen;
      if (chosen === null) last = null;
    } catch (error) {
      if (!(error instanceof NotFound) || error.code !== INVALID_TARGET) throw error;
      last = error;
    }
  }
  if (last instanceof NotFound) throw last;
  return last;
}

function filledIn(target: string, match: string | undefined, { isInternal }: Lookup): Target {
  const isPackage = isInternal && !/^\.{0,2}\//.test(target) && !URL.canParse(target);
  if (isPackage && target.startsWith('#')) throw new NotFound(`there is no package '${target}'`);
  if (!isPackage && (!target.startsWith('./') || LEADS_OUT.test(unescaped(target.slice(2)))))
    throw invalidTarget(`'${target}'`);
  if (match === undefined) return target;
  if (!isPackage && LEADS_OUT.test(unescaped(match)))
    throw new NotFound(`'${match}' leads out of the package`, { code: 'ERR_INVALID_MODULE_SPECIFIER' });
  return target.replaceAll('*', () => match);
}

/** Decodes dots and letters, which may be written as `%2e` and so on. */
function unescaped(text: string): string {
  return text.replace(/%([2-7][\da-f])/gi, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function invalidTarget(target: string): NotFound {
  return new NotFound(`the target ${target} in its package.json leads to no file of the package`, {
    code: INVALID_TARGET,
  });
}

function isMap(value: unknown): value is PackageMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
