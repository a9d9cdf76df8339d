import path from 'node:path';
import ignore from 'ignore';

/**
 * Creates a test for paths from `--ignore` globs. They have the same meaning as lines of a `.gitignore`, in the same
 * order: `*.md` matches at any depth, `/docs` and `docs/a` from the root, and `docs/` only a folder. `!keep.md`
 * excludes a path that an earlier glob matches.
 *
 * @param folders The folders whose content the globs apply to: the project root, and other watched folders. An absolute
 *   glob that begins with one of them applies from there. Any other absolute glob also applies outside of them.
 * @returns the test, for absolute paths. The path of a folder may end in a slash.
 */
export function ignoreGlobs(
  globs: readonly string[],
  ...folders: readonly string[]
): (file: string) => boolean {
  const lines = globs.map((glob) => slashed(glob).replace(/^(!?)\.\//, '$1'));
  const rules = folders.map((folder) => {
    const start = slashed(folder);
    const isBelow = (line: string) => line.replace(/^!/, '').startsWith(`${start}/`);
    return { start, ignores: matcher(lines.map((line) => (isBelow(line) ? line.replace(start, '') : line))) };
  });
  const elsewhere = matcher(lines.filter((line) => /^!?\//.test(line)));
  return function isIgnored(file) {
    const target = slashed(file);
    const rule = rules.find(({ start }) => target.startsWith(`${start}/`));
    if (rule !== undefined) return rule.ignores(target.slice(rule.start.length + 1));
    return elsewhere(target.replace(/^\/+/, ''));
  };
}

function matcher(lines: readonly string[]): (relative: string) => boolean {
  const rules = ignore({ ignorecase: false }).add(lines);
  return (relative) => relative !== '' && ignore.isPathValid(relative) && rules.ignores(relative);
}

function slashed(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}
