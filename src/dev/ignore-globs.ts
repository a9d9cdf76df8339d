import path from 'node:path';

/**
 * Makes a test for paths out of `--ignore` globs, with the rules of `.gitignore`: a glob without a slash in it names
 * files and folders at any depth, one with a slash is a path from the root, and a folder's name means all that is in it.
 * Known are `*`, `**`, `?`, `[a-z]`, `[!a-z]`, `{one,two}` and a backslash before a character that means itself.
 *
 * @param root Folder that relative globs start from. Absolute ones may point outside of it.
 */
export function ignoreGlobs(globs: readonly string[], root: string): (file: string) => boolean {
  const patterns = globs.map((glob) => compile(glob, slashed(root)));
  return function isIgnored(file) {
    return patterns.some((pattern) => pattern.test(slashed(file)));
  };
}

function compile(glob: string, root: string): RegExp {
  const trimmed = slashed(glob.replace(/^\.\//, '').replace(/\/+$/, ''));
  if (path.isAbsolute(trimmed)) return new RegExp(`^${translate(trimmed)}(?:/|$)`);
  const anywhere = trimmed.includes('/') ? '' : '(?:.*/)?';
  return new RegExp(`^${literal(root)}/${anywhere}${translate(trimmed)}(?:/|$)`);
}

const TOKEN = /\\(.)|\*\*\/|\*\*|\*|\?|\[(!?)((?:\\.|[^\]\\])+)\]|[\s\S]/g;

function translate(glob: string): string {
  let braces = 0;
  return glob.replace(TOKEN, (token, escaped?: string, negation?: string, characters?: string) => {
    if (escaped !== undefined) return literal(escaped);
    if (characters !== undefined) return `[${negation ? '^/' : ''}${characters.replaceAll('[', '\\[')}]`;
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        braces += 1;
        return '(?:';
      case '}':
        if (braces === 0) return '\\}';
        braces -= 1;
        return ')';
      case ',':
        return braces > 0 ? '|' : ',';
      default:
        return literal(token);
    }
  });
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function slashed(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}
