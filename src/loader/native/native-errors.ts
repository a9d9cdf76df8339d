import path from 'node:path';
import type { ImproperlyConfigured } from '../../errors.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { toPath } from '../../text/find-frame.ts';
import { isError, readText } from '../../text/thrown-text.ts';
import { missingModule, missingName } from '../failures/import-errors.ts';
import { exportedNames, loadedSpecifiers } from '../failures/import-statements.ts';
import { loadFailure } from '../failures/load-failure.ts';
import type { ImportError } from '../failures/module-errors.ts';
import { NotFound } from '../resolve/not-found.ts';
import { PackageManifests } from '../resolve/package-manifests.ts';
import { Resolver } from '../resolve/resolver.ts';
import { TsconfigReader } from '../resolve/tsconfig.ts';
import { SourceFiles } from '../sources/source-files.ts';
import { followPath, pathOfImport } from './follow-path.ts';

interface Import {
  readonly specifier: string;
  readonly importer: string;
}

/**
 * For each of Node's error codes: a pattern with the specifier in the message, and a function that compares it with an
 * import.
 */
const MESSAGES: Readonly<
  Record<string, readonly [message: RegExp, isMeant: (found: string, tried: Import) => boolean]>
> = {
  ERR_MODULE_NOT_FOUND: [
    /^Cannot find (?:module|package) '(.+?)' imported from /,
    (found, { specifier, importer }) =>
      path.isAbsolute(found)
        ? pathOfImport(specifier, importer) === found
        : specifier === found || specifier.startsWith(`${found}/`),
  ],
  ERR_UNKNOWN_BUILTIN_MODULE: [
    /^No such built-in module: (\S+)$/,
    (found, { specifier }) => specifier === found,
  ],
  ERR_UNKNOWN_FILE_EXTENSION: [
    /^Unknown file extension "[^"]*" for (.+)$/,
    (found, { specifier, importer }) => pathOfImport(specifier, importer) === found,
  ],
  ERR_UNSUPPORTED_ESM_URL_SCHEME: [
    /Received protocol '(.+?)'/,
    (found, { specifier }) => specifier.startsWith(found),
  ],
};

/**
 * The error for a module that Node could not load, with the same messages as our own loader.
 *
 * @param file The requested module.
 */
export function nativeFailure(error: unknown, file: string, root: string): ImproperlyConfigured {
  return loadFailure(importErrorOf(error, file) ?? error, { file, root, follow: followPath });
}

/** @returns undefined when the error is not about an import, or when that import is not found. */
function importErrorOf(error: unknown, entry: string): ImportError | undefined {
  if (!isError(error)) return undefined;
  const message = readText(error, 'message');
  const [, from, name] =
    /requested module '(.+?)' does not provide an export named '(.+?)'/.exec(message) ?? [];
  if (from !== undefined) return nameError(from, name!, readText(error, 'stack'));
  const [pattern, isMeant] = MESSAGES[(error as NodeJS.ErrnoException).code ?? ''] ?? [];
  const [, found] = pattern?.exec(message) ?? [];
  if (found === undefined) return undefined;
  const failed = importsBelow(entry).find((tried) => isMeant!(found, tried));
  return failed && moduleError(failed);
}

/** The error for a missing export. Node writes the place of the import on the first line of the stack. */
function nameError(specifier: string, name: string, stack: string): ImportError | undefined {
  const [, place] = /^(file:.+):\d+\n/.exec(stack) ?? [];
  if (place === undefined) return undefined;
  const importer = toPath(place);
  const file = pathOfImport(specifier, importer);
  const source = file === undefined ? undefined : readTextIfThere(file);
  const names = source === undefined ? [] : exportedNames(source);
  const from = { id: file ?? specifier, file, names, hasStaticNames: file !== undefined };
  return missingName({ name, specifier, importer, from });
}

function moduleError(failed: Import): ImportError {
  const files = new SourceFiles();
  const tsconfigs = new TsconfigReader(files);
  const resolver = new Resolver(PACKAGE_ROOT, { files, tsconfigs, manifests: new PackageManifests(files) });
  return missingModule({ ...failed, mode: 'import', resolver }, causeOf(failed, resolver));
}

function causeOf({ specifier, importer }: Import, resolver: Resolver): NotFound {
  try {
    const found = resolver.resolve(specifier, importer);
    if (found.kind !== 'site') return new NotFound('Node does not find it');
    const written = path.relative(path.dirname(importer), found.file).split(path.sep).join('/');
    return new NotFound('Node itself adds no extension or index', {
      hint: `Write '${written.startsWith('.') ? written : `./${written}`}'.`,
    });
  } catch (cause) {
    if (cause instanceof NotFound) return cause;
    throw cause;
  }
}

/** All imports of a file and of the files that it imports by paths, direct and indirect. */
function importsBelow(entry: string): Import[] {
  const files = new Set([entry]);
  const imports: Import[] = [];
  for (const importer of files) {
    for (const specifier of loadedSpecifiers(readTextIfThere(importer) ?? '')) {
      imports.push({ specifier, importer });
      const file = followPath(specifier, importer);
      if (file !== undefined) files.add(file);
    }
  }
  return imports;
}
