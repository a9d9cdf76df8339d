import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceLocation } from '../errors.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { codeFrame, positionAt } from './code-frame.ts';
import type { EsmRecord } from './esm-record.ts';
import { ImportError } from './module-errors.ts';
import type { ModuleRecord } from './module-record.ts';
import { findInstalled, type NotFound } from './resolve.ts';

/** A module that an import names is not there. */
export function missingModule(specifier: string, importer: string, cause: NotFound): ImportError {
  const { location, frame } = locateImport(specifier, importer);
  const name = packageName(specifier);
  const isPath = /^[./]/.test(specifier);
  const isMissing = !isPath && cause.alternatives.length === 0 && findInstalled(name, importer) === undefined;
  const message = isMissing
    ? `Cannot find package '${specifier}', which ${path.basename(importer)} imports.`
    : `Cannot find '${specifier}', which ${path.basename(importer)} imports: ${cause.message}.`;
  let hint: string;
  if (isPath) hint = similarFile(specifier, importer);
  else if (isMissing) hint = `Install it with 'npm install ${name}'.`;
  else
    hint =
      didYouMean(specifier, cause.alternatives) ?? `See what "exports" in the package.json of ${name} names.`;
  return new ImportError(message, { hint, location, codeFrame: frame, cause });
}

/** A module is there, but not the name that is imported from it. */
export function missingExport(
  name: string,
  specifier: string,
  importer: EsmRecord,
  from: ModuleRecord,
): ImportError {
  const { location, frame } = locateImport(specifier, importer.file, name);
  const names = Object.keys(from.namespace ?? {});
  const what = name === 'default' ? 'default export' : `export named '${name}'`;
  const isOurs = from.hasStaticNames;
  const other =
    name === 'default' ? `It exports ${names.map((n) => `'${n}'`).join(', ') || 'nothing'}.` : undefined;
  const hint =
    didYouMean(name, names) ??
    other ??
    (isOurs
      ? `Export it from ${path.basename(from.id)}, or write 'import type' if it is a type.`
      : 'A CommonJS package may have it on its default export.');
  return new ImportError(`'${specifier}' has no ${what}.`, { hint, location, codeFrame: frame });
}

function locateImport(
  specifier: string,
  file: string,
  name?: string,
): { location: SourceLocation; frame?: string } {
  const source = readFileSync(file, 'utf8');
  const quoted = [`'${specifier}'`, `"${specifier}"`]
    .map((text) => source.indexOf(text))
    .filter((at) => at >= 0);
  if (quoted.length === 0) return { location: { file } };
  const end = Math.min(...quoted);
  const statement = Math.max(source.lastIndexOf('import', end), source.lastIndexOf('export', end), 0);
  const named =
    name === undefined ? -1 : source.slice(statement, end).search(new RegExp(`\\b${escapeRegExp(name)}\\b`));
  const location = { file, ...positionAt(source, named < 0 ? end + 1 : statement + named) };
  return { location, frame: codeFrame(location, source) };
}

function similarFile(specifier: string, importer: string): string {
  const target = path.resolve(path.dirname(importer), specifier);
  const folder = path.dirname(target);
  const near = nearest(path.basename(target), listNames(folder));
  if (near === undefined) return `Create ${target}, or correct the import.`;
  return `Did you mean '${specifier.slice(0, -path.basename(target).length)}${near}'?`;
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

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
