import path from 'node:path';
import ignore from 'ignore';

/**
 * Makes a test for paths out of `--ignore` globs, which mean what they mean as the lines of a `.gitignore`, in their order:
 * `*.md` at any depth, `/docs` and `docs/a` from the root, `docs/` a folder alone, `!keep.md` none of those before it.
 *
 * @param folders Where the globs count, each for what is in it: the project root, and folders that are watched besides.
 *   An absolute glob that begins with one of them counts from there, and any other one outside of them as well.
 * @returns the test, for absolute paths; those of folders may end in a slash.
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
