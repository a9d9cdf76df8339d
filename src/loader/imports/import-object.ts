import type { ImproperlyConfigured } from '../../errors.ts';
import { didYouMean } from '../../text/nearest.ts';
import { type PathUse, parseObjectPath } from './dotted-path.ts';
import { installedLoader, type LoadedModule, type ModuleLoader } from './installed-loader.ts';
import { UnresolvedPath } from './unresolved-path.ts';

/**
 * Imports the module of a dotted path, such as `mysite.urls`, from the project root.
 *
 * @throws {ImproperlyConfigured} when the module does not exist or fails to load.
 */
export async function importModule(dotted: string): Promise<LoadedModule> {
  return (await currentLoader(dotted)).importModule(dotted);
}

/**
 * The value of a dotted path. It is wrapped in an object: an `async` function would await a value that is a promise.
 */
interface ImportedObject {
  readonly value: unknown;
  /** The module's file. */
  readonly file: string;
  /** The exports of the module. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Imports the object of a dotted path: `mysite.wsgi.application` or `mysite.wsgi:application`. After a colon, the
 * attribute may be nested.
 *
 * @param path The dotted path.
 * @throws {UnresolvedPath} for a path without a dot, a missing module and a missing export.
 * @throws {ImproperlyConfigured} for a module that fails to load.
 */
export async function importObject(path: string, use: PathUse): Promise<ImportedObject> {
  const { asker } = use;
  const { module, attributes } = parseObjectPath(path, use);
  const loader = await currentLoader(path);
  const { file, exports } = await loader.importModule(module).catch(async (error) => {
    if (await namesModuleOnly(path, module, loader)) throw await moduleWithoutObject(path, use, loader);
    throw error;
  });
  let value: unknown = exports;
  for (const [depth, attribute] of attributes.entries()) {
    if (!hasAttribute(value, attribute))
      throw missingAttribute({ path, asker, file, loader, attributes, depth, value });
    value = value[attribute];
  }
  return { value, file, exports };
}

/** Whether the whole path names a module, so that the name of the object is missing. */
async function namesModuleOnly(path: string, module: string, { root }: ModuleLoader): Promise<boolean> {
  if (path.includes(':')) return false;
  const { findModule } = await import('../find-module.ts');
  return findModule(root, module).file === undefined && findModule(root, path).file !== undefined;
}

async function moduleWithoutObject(
  path: string,
  { asker, example }: PathUse,
  loader: ModuleLoader,
): Promise<ImproperlyConfigured> {
  const { exports } = await loader.importModule(path);
  const usual = example.slice(example.lastIndexOf('.') + 1);
  const functions = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
  const object = functions.includes(usual) ? usual : (functions[0] ?? usual);
  return new UnresolvedPath(`${asker} '${path}' names a module, not an object in it.`, {
    hint: `Add the object: '${path}.${object}'.`,
  });
}

async function currentLoader(path: string): Promise<ModuleLoader> {
  const installed = installedLoader();
  return installed ?? (await import('../native/default-loader.ts')).defaultLoader(path);
}

function hasAttribute(value: unknown, name: string): value is Record<string, unknown> {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && name in value;
}

interface MissingAttribute {
  readonly path: string;
  readonly asker: string;
  readonly file: string;
  readonly loader: ModuleLoader;
  readonly attributes: readonly string[];
  readonly depth: number;
  readonly value: unknown;
}

function missingAttribute({
  path,
  asker,
  file,
  loader,
  attributes,
  depth,
  value,
}: MissingAttribute): UnresolvedPath {
  const shown = file.startsWith(`${loader.root}/`) ? file.slice(loader.root.length + 1) : file;
  const name = attributes[depth]!;
  const isExport = depth === 0;
  const holder = isExport ? shown : `'${attributes.slice(0, depth).join('.')}' in ${shown}`;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const what = asker.replace(/^The /, 'the ');
  const hint = isExport
    ? `Add "export const ${name} = …" to ${shown}, or correct ${what}.`
    : `Correct ${what}.`;
  return new UnresolvedPath(
    `${asker} '${path}': ${holder} has no ${isExport ? 'export' : 'attribute'} '${name}'.`,
    {
      hint: didYouMean(name, names) ?? hint,
      location: { file },
    },
  );
}
