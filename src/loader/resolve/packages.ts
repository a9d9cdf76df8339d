import path from 'node:path';
import type { Lookups } from '../sources/lookups.ts';
import { decodePath } from './decode-path.ts';
import { NotFound } from './not-found.ts';
import type { PackageManifest, PackageManifests } from './package-manifests.ts';
import { exportedTarget, importedTarget, isExportsMap } from './package-maps.ts';
import { type Found, findSource, namesFolder } from './source-endings.ts';

const MODULES = 'node_modules';

/** The extensions that Node's `require()` adds to a name. */
const NODE_ENDINGS = ['', '.js', '.json', '.node'];

/** Where an import is resolved from. */
export interface ImportContext {
  /** The folder of the importing file. */
  readonly folder: string;
  readonly conditions: ReadonlySet<string>;
  /** The query and fragment of the specifier. Only the URL of a file has them, neither a package nor a name in `exports`. */
  readonly search: string;
}

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly manifest: PackageManifest | undefined;
}

/**
 * Resolves package names and the `#` names of a package.json as Node does. TypeScript's extensions are used only in a
 * package that is the site's own source: no `node_modules` is in its path.
 */
export class Packages {
  readonly #lookups: Lookups;
  readonly #manifests: PackageManifests;
  /** For each folder, the `node_modules` folders above it, nearest first. */
  readonly #modulesAbove = new Map<string, readonly string[]>();

  constructor(lookups: Lookups, manifests: PackageManifests) {
    this.#lookups = lookups;
    this.#manifests = manifests;
  }

  /** Returns the real path for `name/sub`. @throws {NotFound} */
  resolve(specifier: string, context: ImportContext): string {
    const { name, subpath } = parseName(specifier, context);
    const own = this.#manifests.packageOf(context.folder);
    if (own?.manifest.name === name && isExportsMap(own.manifest.exports))
      return this.#entry({ ...own, name }, subpath, context);
    const tried: string[] = [];
    for (const modules of this.#modulesFolders(context.folder)) {
      const folder = this.#lookups.folder(path.join(modules, name));
      const found =
        folder === undefined
          ? this.#nodeFile(path.join(modules, specifier), NODE_ENDINGS.slice(1))
          : this.#entryOrTried(
              { folder, name, manifest: this.#manifests.in(folder) },
              subpath,
              context,
              tried,
            );
      if (found !== undefined) return found;
    }
    if (tried.length > 0) throw new NotFound(`'${specifier}' is not in the package ${name}`, { tried });
    throw new NotFound(`there is no package '${name}'`);
  }

  /**
   * Returns the real path for a `#` name, or the package that it stands for, to be resolved from the package.json.
   * @throws {NotFound}
   */
  resolveInternal(
    name: string,
    context: ImportContext,
  ): string | { readonly specifier: string; readonly importer: string } {
    const own = this.#manifests.packageOf(context.folder);
    if (own === undefined)
      throw new NotFound('there is no package.json above', { code: 'ERR_PACKAGE_IMPORT_NOT_DEFINED' });
    const file = path.join(own.folder, 'package.json');
    const imported = importedTarget(own.manifest.imports, name + context.search, context.conditions, file);
    const target = withoutSearch(imported, context);
    if (!/^\.{0,2}\//.test(target)) return { specifier: target, importer: file };
    return this.#target({ ...own, name }, target, context.conditions.has('import'));
  }

  /** Returns the folder of a package, by Node's search from a folder. */
  folderOf(name: string, from: string): string | undefined {
    for (const modules of this.#modulesFolders(from)) {
      const folder = this.#lookups.folder(path.join(modules, name));
      if (folder !== undefined) return folder;
    }
    return undefined;
  }

  /** Returns the file of `main` in the package.json of a folder. */
  mainOf(folder: string): string | undefined {
    const manifest = this.#manifests.in(folder);
    return manifest && this.#main({ folder, name: folder, manifest }).file;
  }

  forget(): void {
    this.#modulesAbove.clear();
  }

  #modulesFolders(folder: string): readonly string[] {
    let found = this.#modulesAbove.get(folder);
    if (found === undefined) {
      const parent = path.dirname(folder);
      const isOne = path.basename(folder) === MODULES;
      const own = isOne ? undefined : this.#lookups.folder(path.join(folder, MODULES));
      const above = parent === folder ? [] : this.#modulesFolders(parent);
      found = own === undefined ? above : [own, ...above];
      this.#modulesAbove.set(folder, found);
    }
    return found;
  }

  #entryOrTried(
    found: Package,
    subpath: string,
    context: ImportContext,
    tried: string[],
  ): string | undefined {
    try {
      return this.#entry(found, subpath, context);
    } catch (error) {
      // Without a code, only a file is missing. A package of the same name in a folder further up may have the file.
      if (!(error instanceof NotFound) || error.code !== undefined) throw error;
      tried.push(...error.tried);
      return undefined;
    }
  }

  #entry(of: Package, subpath: string, context: ImportContext): string {
    const { folder, name, manifest } = of;
    const { conditions, search } = context;
    const isImported = conditions.has('import');
    if (manifest !== undefined && isExportsMap(manifest.exports)) {
      const target = exportedTarget(manifest.exports, subpath + search, conditions, name);
      return this.#target(of, withoutSearch(target, context), isImported);
    }
    const target = path.join(folder, isImported ? decodePath(subpath) : subpath);
    const isFolder = subpath !== '.' && namesFolder(subpath);
    const { file, tried } = subpath === '.' ? this.#main(of) : this.#find(of, target, isFolder);
    if (file !== undefined) return file;
    if (subpath !== '.' && isImported && (isFolder || this.#lookups.folder(target) !== undefined))
      throw new NotFound(`folder ${target} has no index file`, { code: 'ERR_UNSUPPORTED_DIR_IMPORT', tried });
    throw new NotFound(`${folder} has no ${subpath === '.' ? 'main file' : `file ${subpath}`}`, { tried });
  }

  /**
   * Returns the file for a target of `exports` or `imports`, which is a URL. TypeScript's extensions may take the place
   * of the written one.
   */
  #target(of: Package, target: string, isImported: boolean): string {
    const candidate = path.join(of.folder, decodePath(target));
    const { file, tried } = isSource(of.folder)
      ? findSource(candidate, this.#lookups, { isExact: true })
      : this.#findNode(candidate, ['']);
    const isFolder = namesFolder(target);
    if (file !== undefined && !isFolder) return file;
    if (isImported && (isFolder || this.#lookups.folder(candidate) !== undefined))
      throw new NotFound(`${candidate}, which its package.json names, is a folder`, {
        code: 'ERR_UNSUPPORTED_DIR_IMPORT',
      });
    throw new NotFound(`no such file ${candidate}, which its package.json names`, { tried });
  }

  /** Node's rules for a package without `exports`: `main`, with and without extensions, then the index. */
  #main(of: Package): Found {
    const { folder, manifest } = of;
    const tried: string[] = [];
    const bases = [path.join(folder, 'index')];
    if (typeof manifest?.main === 'string' && manifest.main !== '')
      bases.unshift(path.join(folder, manifest.main));
    for (const base of bases) {
      const found = this.#find(of, base);
      if (found.file !== undefined) return found;
      tried.push(...found.tried);
    }
    return { file: undefined, tried };
  }

  #find({ folder }: Package, base: string, isFolder = false): Found {
    if (isSource(folder)) return findSource(base, this.#lookups, { isFolder });
    const found = this.#findNode(base, isFolder ? [] : NODE_ENDINGS);
    if (found.file !== undefined || this.#lookups.folder(base) === undefined) return found;
    const main = this.#manifests.in(base)?.main;
    const inside = typeof main === 'string' ? [path.join(base, main)] : [];
    for (const stem of [...inside, path.join(base, 'index')]) {
      const file =
        this.#nodeFile(stem, NODE_ENDINGS) ?? this.#nodeFile(path.join(stem, 'index'), NODE_ENDINGS);
      if (file !== undefined) return { file, tried: [] };
    }
    return { file: undefined, tried: [...found.tried, path.join(base, 'index.js')] };
  }

  #findNode(base: string, endings: readonly string[]): Found {
    const file = this.#nodeFile(base, endings);
    return { file, tried: file === undefined ? endings.map((ending) => base + ending) : [] };
  }

  #nodeFile(base: string, endings: readonly string[]): string | undefined {
    for (const ending of endings) {
      const file = this.#lookups.file(base + ending);
      if (file !== undefined) return file;
    }
    return undefined;
  }
}

/** Whether a package is the site's own source: node_modules has only a link to its folder. */
function isSource(folder: string): boolean {
  return !folder.split(path.sep).includes(MODULES);
}

/** The target of a pattern repeats the query of the specifier. */
function withoutSearch(target: string, { search }: ImportContext): string {
  return search !== '' && target.endsWith(search) ? target.slice(0, -search.length) : target;
}

function parseName(
  specifier: string,
  { conditions, search }: ImportContext,
): { name: string; subpath: string } {
  const match = /^((?:@[^/\\%]*\/)?[^./\\%@][^/\\%]*)(\/.*)?$/.exec(specifier);
  if (match === null)
    throw new NotFound(`'${specifier}' is not the name of a package`, {
      code: conditions.has('import') ? 'ERR_INVALID_MODULE_SPECIFIER' : 'MODULE_NOT_FOUND',
    });
  const [, name, subpath] = match;
  return subpath === undefined
    ? { name: name + search, subpath: '.' }
    : { name: name!, subpath: `.${subpath}` };
}
