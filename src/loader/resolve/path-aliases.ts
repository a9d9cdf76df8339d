import path from 'node:path';

/** The result of `paths` and `baseUrl` for a specifier. */
interface Alias {
  /** The paths to try, in order. */
  readonly paths: readonly string[];
  /** Whether the specifier matches a pattern of `paths` other than `*`. Such a specifier does not name a package. */
  readonly isNamed: boolean;
}

export type Aliases = (specifier: string) => Alias;

export const NO_ALIAS: Alias = { paths: [], isNamed: false };

interface AliasOptions {
  /** `paths` of a tsconfig.json. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  /** An absolute path: `baseUrl`, or the folder of the file with `paths`. */
  readonly base: string;
  /** Whether `baseUrl` is set. Then every name may be a path below it. */
  readonly hasBaseUrl: boolean;
}

/** TypeScript's `paths` and `baseUrl`. An exact name comes first, then the pattern with the longest prefix. */
export function pathAliases({ paths = {}, base, hasBaseUrl }: AliasOptions): Aliases {
  const patterns = Object.keys(paths).map((pattern) => ({ pattern, star: pattern.indexOf('*') }));
  patterns.sort((a, b) => b.star - a.star);
  return function aliases(specifier) {
    if (Object.hasOwn(paths, specifier)) return { paths: located(paths[specifier], '', base), isNamed: true };
    const found = patterns.find(({ pattern, star }) => star >= 0 && fits(specifier, pattern, star));
    if (found === undefined)
      return hasBaseUrl ? { paths: [path.resolve(base, specifier)], isNamed: false } : NO_ALIAS;
    const { pattern, star } = found;
    const match = specifier.slice(star, specifier.length - (pattern.length - star - 1));
    return { paths: located(paths[pattern], match, base), isNamed: pattern !== '*' };
  };
}

function fits(specifier: string, pattern: string, star: number): boolean {
  const isLongEnough = specifier.length >= pattern.length - 1;
  return (
    isLongEnough &&
    specifier.startsWith(pattern.slice(0, star)) &&
    specifier.endsWith(pattern.slice(star + 1))
  );
}

function located(targets: unknown, match: string, base: string): string[] {
  const texts = Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : [];
  return texts.map((target) =>
    path.resolve(
      base,
      target.replace('*', () => match),
    ),
  );
}
