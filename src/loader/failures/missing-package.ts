import path from 'node:path';
import { foldersFrom } from '../../files/folders-above.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { nearest } from '../../text/nearest.ts';
import { prefixedBuiltin } from '../resolve/importable.ts';

/** The pattern of package names on npm. */
const NPM_NAME = /^(?:@[a-z\d~-][\w.~-]*\/)?[a-z\d~-][\w.~-]*$/i;

/** The hint for a package that is not installed. */
export function packageCure(specifier: string, name: string, importer: string): string {
  if (!NPM_NAME.test(name))
    return `No package has such a name. If it is an alias, "paths" in the tsconfig.json of ${importer} has to name it.`;
  const listed = listedPackages(importer);
  if (listed.includes(name)) return "package.json lists it: run 'npm install'.";
  // The hint does not suggest to install a misspelt name: on npm, it may be a malicious package (typosquatting).
  const near = nearest(name, listed);
  if (near !== undefined) return `Did you mean '${near}${specifier.slice(name.length)}'?`;
  const install = `Install it with 'npm install ${name}'`;
  const builtin = prefixedBuiltin(specifier);
  return builtin === undefined
    ? `${install}.`
    : `Write '${builtin}' for Node's own. ${install} for a package.`;
}

/** The names of the dependencies in each package.json above a file. */
function listedPackages(importer: string): string[] {
  return [...foldersFrom(path.dirname(importer))].flatMap((folder) => {
    const text = readTextIfThere(path.join(folder, 'package.json'));
    if (text === undefined) return [];
    try {
      const { dependencies, devDependencies } = JSON.parse(text);
      return Object.keys({ ...dependencies, ...devDependencies });
    } catch {
      return []; // The hint belongs to another error, so a broken package.json is ignored here.
    }
  });
}
