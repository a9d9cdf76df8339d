const SCOPE_HINTS: Readonly<Record<string, string>> = {
  __dirname: 'In an ES module it is import.meta.dirname.',
  __filename: 'In an ES module it is import.meta.filename.',
  require: "In an ES module, use import, or createRequire(import.meta.url) of 'node:module'.",
  module:
    'In an ES module, use export. A file that is to be CommonJS is named .cts, or its package.json says \'"type": "commonjs"\'.',
};

const PERMISSION_HINT = 'Give this user the permission to open that file.';

// Node 20 only: later versions have this hint in the message.
const NODE_20_HINT =
  'A package imported it by its path. Use Node 22.15 or later, or import the file in the site and re-export from there.';

/**
 * A hint for errors of V8 and of the system: CommonJS names in an ES module, a call of a namespace, no permission.
 *
 * @param readSource Reads the file in which the error was thrown.
 */
export function hintFor(
  error: { readonly name: string; readonly message: string },
  readSource: () => string | undefined,
): string | undefined {
  if (error.name === 'ReferenceError') {
    const [, name] = /^([\w$]+) is not defined/.exec(error.message) ?? [];
    return name === undefined ? undefined : SCOPE_HINTS[name === 'exports' ? 'module' : name];
  }
  if (/^EACCES: permission denied, open /.test(error.message)) return PERMISSION_HINT;
  if (error.name !== 'TypeError') return undefined;
  if (/^Unknown file extension "\.[cm]?tsx?"/.test(error.message)) return NODE_20_HINT;
  const [, name] = /^([\w$]+) is not a (?:function|constructor)$/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  const statement = new RegExp(
    String.raw`\bimport\s+(?:[\w$]+\s*,\s*)?\*\s*as\s+${name.replaceAll('$', '\\$')}\s+from\s*(['"][^'"\n]+['"])`,
  );
  const [, specifier] = statement.exec(readSource() ?? '') ?? [];
  if (specifier === undefined) return undefined;
  return `'${name}' is the namespace of ${specifier}, not a function. Write: import ${name} from ${specifier}.`;
}
