import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { SourceLocation } from '../../errors.ts';
import { codeFrame, positionAt } from '../../files/code-frame.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { didYouMean, nearest } from '../../text/nearest.ts';
import type { EsmRecord } from '../records/esm-record.ts';
import type { ModuleRecord } from '../records/module-record.ts';
import type { NotFound } from '../resolve/not-found.ts';
import type { ResolveMode } from '../resolve/resolution.ts';
import type { Resolver } from '../resolve/resolver.ts';
import { isInstalled } from '../sources/installed-packages.ts';
import { findImport, typeDeclaration } from './import-statements.ts';
import { packageCure } from './missing-package.ts';
import { ImportError } from './module-errors.ts';

interface FailedImport {
  readonly specifier: string;
  readonly importer: string;
  readonly mode: ResolveMode;
  readonly resolver: Resolver;
}

/** Node's wording for the importer. A message about a failed load omits it, since it already begins with the place. */
export function importedFrom(importer: string): string {
  return `, imported from ${importer}`;
}

/** The error for an import of a file or package that does not exist or is not a module. */
export function missingModule(failed: FailedImport, cause: NotFound): ImportError {
  const { specifier, importer, mode } = failed;
  const { location, frame } = locateImport(specifier, importer);
  const code = cause.codeFor(mode);
  const isPackage = isMissingPackage(failed, cause);
  const origin = importedFrom(importer);
  let message = `Cannot find module '${specifier}'${origin}: ${cause.message}.`;
  if (isPackage && mode === 'import') message = `Cannot find package '${specifier}'${origin}.`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_ESM_URL_SCHEME')
    message = `Cannot import '${specifier}'${origin}: ${cause.message}.`;
  if (cause.isSentence) message = `${cause.message}${origin}.`;
  // In the hint, the path must be relative to the importer.
  const written = cause.hint?.replaceAll(`'./${path.basename(specifier)}'`, `'${specifier}'`);
  const hint = written ?? cureFor(failed, cause, isPackage);
  return new ImportError(message, {
    hint,
    location,
    codeFrame: frame,
    cause,
    code,
    requireStack: mode === 'require' ? [importer] : undefined,
  });
}

/** The error for an import of a name that an existing module does not export. */
export function missingExport(
  name: string,
  specifier: string,
  importer: EsmRecord,
  from: ModuleRecord,
): ImportError {
  const { id, file, hasStaticNames, namespace } = from;
  const names = Object.keys(namespace ?? {});
  return missingName({ name, specifier, importer: importer.file, from: { id, file, hasStaticNames, names } });
}

/** An import of a name that does not exist. */
interface MissingName {
  readonly name: string;
  readonly specifier: string;
  /** The importing file. */
  readonly importer: string;
  readonly from: NamedModule;
}

type NamedModule = Pick<ModuleRecord, 'id' | 'file' | 'hasStaticNames'> & {
  readonly names: readonly string[];
};

export function missingName({ name, specifier, importer, from }: MissingName): ImportError {
  const { location, frame } = locateImport(specifier, importer, name);
  const what = name === 'default' ? 'default export' : `export named '${name}'`;
  const hint = typeHint(name, importer, location, from) ?? exportHint(name, from);
  return new ImportError(`'${specifier}' has no ${what}.`, { hint, location, codeFrame: frame });
}

/** The error for a name that `export *` brings from several modules, with different bindings. */
export function conflictingExports(
  name: string,
  specifier: string,
  importer: EsmRecord,
  sources: readonly ModuleRecord[],
): ImportError {
  const { location, frame } = locateImport(specifier, importer.file, name);
  const files = sources.map(({ file, id }) => file ?? id);
  return new ImportError(`'${specifier}' exports '${name}' twice, from ${files.join(' and from ')}.`, {
    hint: `Import '${name}' from the one that is meant, or export it by name: export { ${name} } from …`,
    location,
    codeFrame: frame,
  });
}

/** The error for a name that modules re-export from each other in a circle, while no module declares it. */
export function circularExport(
  name: string,
  specifier: string,
  importer: EsmRecord,
  files: readonly string[],
): ImportError {
  const { location, frame } = locateImport(specifier, importer.file, name);
  return new ImportError(`'${specifier}' exports '${name}' from a module that re-exports it from there.`, {
    hint: `Declare '${name}' in ${files.length > 1 ? 'one of them: ' : ''}${files.join(' and ')}.`,
    location,
    codeFrame: frame,
  });
}

function exportHint(name: string, from: NamedModule): string {
  const { names } = from;
  const near = didYouMean(name, names);
  if (near !== undefined) return near;
  if (name === 'default') return `It exports ${names.map((n) => `'${n}'`).join(', ') || 'nothing'}.`;
  return from.hasStaticNames
    ? `Export it from ${from.file ?? from.id}, or write 'import type' if it is a type.`
    : "A CommonJS package may have it on its default export. If it is a type, write 'import type'.";
}

/** A hint for an import of a type, which does not exist at run time. */
function typeHint(
  name: string,
  importer: string,
  location: SourceLocation,
  from: NamedModule,
): string | undefined {
  const declared = from.file && typeDeclaration(readTextIfThere(from.file) ?? '', name);
  if (!declared) return undefined;
  const line = readTextIfThere(importer)?.split('\n')[(location.line ?? 1) - 1] ?? '';
  const keyword = /^\s*export\b/.test(line) ? 'export' : 'import';
  return `'${name}' is ${declared} in ${from.file}, which does not exist at run time: write '${keyword} type { ${name} }', or 'type ${name}' between the others.`;
}

function isMissingPackage({ specifier, importer, resolver }: FailedImport, cause: NotFound): boolean {
  const isOther = cause.code !== undefined || cause.hint !== undefined || cause.tried.length > 0;
  if (isOther || /^[./#]/.test(specifier)) return false;
  return resolver.findInstalled(packageName(specifier), importer) === undefined;
}

function cureFor({ specifier, importer }: FailedImport, cause: NotFound, isPackage: boolean): string {
  const name = packageName(specifier);
  if (isPackage) return packageCure(specifier, name, importer);
  if (/^[./]/.test(specifier)) return similarFile(specifier, importer, cause);
  const near = didYouMean(specifier, cause.alternatives);
  if (near !== undefined) return near;
  const [first] = cause.tried;
  if (first !== undefined && isInstalled(first))
    return `Correct the import, or install the version of ${name} that has it.`;
  if (first !== undefined) return `Create ${fileToCreate(cause.tried)}, or correct the import.`;
  const place = specifier.startsWith('#')
    ? '"imports" in package.json'
    : `"exports" in the package.json of ${name}`;
  return `See what ${place} names.`;
}

/** The place of an import, or of a name in it. */
export function locateImport(
  specifier: string,
  file: string,
  name?: string,
): { location: SourceLocation; frame?: string } {
  const source = readTextIfThere(file) ?? '';
  const offset = findImport(source, specifier, name);
  if (offset === undefined) return { location: { file } };
  const location = { file, ...positionAt(source, offset) };
  return { location, frame: codeFrame(location, source) };
}

function similarFile(specifier: string, importer: string, { tried }: NotFound): string {
  const written = specifier.replace(/\/+$/, '');
  const target = path.resolve(path.dirname(importer), written);
  const name = path.basename(target);
  const literal = nearest(name, listNames(path.dirname(target)));
  const near = literal?.replace(/[%?#]/g, (character) => encodeURIComponent(character));
  if (near !== undefined && near !== name) return `Did you mean '${written.slice(0, -name.length)}${near}'?`;
  const isFolder = statIfThere(target)?.isDirectory() === true; // A folder without an index.
  return `Create ${fileToCreate(tried, isFolder) ?? target}, or correct the import.`;
}

/** The first of the tried paths that has an extension. For a folder, it is an index file. */
function fileToCreate(tried: readonly string[], isFolder = false): string | undefined {
  const isMeant = (file: string) =>
    isFolder ? path.basename(file).startsWith('index.') : path.extname(file) !== '';
  return tried.find(isMeant) ?? tried[0];
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The folder is missing too; there is nothing to suggest.
  }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
