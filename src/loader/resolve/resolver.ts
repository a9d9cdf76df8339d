import { readFileSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findModule } from '../find-module.ts';
import { Lookups } from '../sources/lookups.ts';
import type { SourceFiles } from '../sources/source-files.ts';
import { conditionsFor } from './conditions.ts';
import { decodePath } from './decode-path.ts';
import { checkKind, unknownBuiltin, unknownScheme } from './importable.ts';
import { NotFound } from './not-found.ts';
import type { PackageManifests } from './package-manifests.ts';
import { type ImportContext, Packages } from './packages.ts';
import type { Resolution, ResolveMode } from './resolution.ts';
import { findSource, namesFolder } from './source-endings.ts';
import type { TsconfigReader, TsProject } from './tsconfig.ts';

interface ResolverParts {
  readonly files: SourceFiles;
  readonly tsconfigs: TsconfigReader;
  readonly manifests: PackageManifests;
  /** The conditions that Node was started with: see `nodeConditions()`. @default none */
  readonly conditions?: readonly string[];
}

/** How a path is looked for. */
interface PathRequest {
  readonly search: string;
  readonly mode: ResolveMode;
  /** Whether the specifier can only name a folder. */
  readonly isFolder: boolean;
}

/** `exports` in the package.json of this package. Node's `require()` takes the `default` targets. */
type OwnExports = Readonly<Record<string, string | { readonly default: string }>>;

const RELATIVE = /^\.{1,2}(?:\/|$)/;

/** A specifier without its query and fragment, and these. */
type SplitSpecifier = readonly [bare: string, search: string];

/** The scheme of a URL. A Windows drive has one letter. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i;

const HELPERS = '@oxc-project/runtime/';

/**
 * Resolves the imports of a site's modules by TypeScript's rules: `./a.js` may be `a.ts`, an extension may be left out,
 * and `paths` and `baseUrl` of tsconfig.json are used. Packages follow Node's rules. Every checked path is recorded in
 * the source files, so that a change there can be detected.
 */
export class Resolver {
  readonly #cache = new Map<string, Resolution>();
  readonly #ownRoot: string;
  #ownExports: OwnExports | undefined;
  readonly #parts: ResolverParts;
  readonly #lookups: Lookups;
  readonly #packages: Packages;
  readonly #conditions = new Map<string, ReadonlySet<string>>();

  /**
   * @param ownRoot The folder of this package. `startproject/*` leads there when the site has no copy of the package.
   */
  constructor(ownRoot: string, parts: ResolverParts) {
    this.#ownRoot = realpathSync.native(ownRoot);
    this.#parts = parts;
    this.#lookups = new Lookups(parts.files);
    this.#packages = new Packages(this.#lookups, parts.manifests);
  }

  /**
   * @param specifier The text after `from`.
   * @param importer The absolute path of the importing file.
   * @throws {NotFound}
   */
  resolve(specifier: string, importer: string, mode: ResolveMode = 'import'): Resolution {
    const isPath = RELATIVE.test(specifier);
    const project = isPath ? undefined : this.#parts.tsconfigs.projectOf(importer);
    const key = `${mode} ${project?.file ?? ''} ${path.dirname(importer)} ${specifier}`;
    let resolution = this.#cache.get(key);
    if (resolution === undefined) {
      resolution = this.#resolve(specifier, importer, mode, project);
      this.#cache.set(key, resolution);
    }
    return resolution;
  }

  /** Returns the file of a dotted path below a root, and the missing paths that were tried before. */
  findModule(root: string, dotted: string) {
    return findModule(root, dotted, (file) => this.#lookups.file(file));
  }

  /** Returns the folder of a package, by Node's search from a file. */
  findInstalled(name: string, importer: string): string | undefined {
    return this.#packages.folderOf(name, path.dirname(importer));
  }

  /** Clears all caches, since files were added or deleted. */
  forget(): void {
    this.#cache.clear();
    this.#lookups.forget();
    this.#packages.forget();
    this.#parts.manifests.forget();
    this.#parts.tsconfigs.forget();
  }

  #resolve(specifier: string, importer: string, mode: ResolveMode, project?: TsProject): Resolution {
    if (isBuiltin(specifier)) return { kind: 'external', url: builtinUrl(specifier) };
    if (specifier.startsWith('data:')) return { kind: 'external', url: specifier };
    // In `require()` a specifier is a path. In `import` it is a URL.
    const [bare, search] = mode === 'import' ? splitSearch(specifier) : [specifier, ''];
    const toPath = (url: string) => (mode === 'import' ? decodePath(url) : url);
    const isFolder = namesFolder(bare);
    const request: PathRequest = { search, mode, isFolder };
    if (project === undefined)
      return this.#resolvePath(path.resolve(path.dirname(importer), toPath(bare)), request);
    const alias = project.aliases(bare);
    for (const target of alias.paths) {
      const { file } = findSource(target, this.#lookups, { isFolder });
      if (file !== undefined) return this.#located(file, search, mode);
    }
    if (bare.startsWith('file:')) return this.#resolvePath(path.resolve(pathOf(bare)), request);
    if (bare.startsWith('node:')) throw unknownBuiltin(bare);
    if (mode === 'import' && SCHEME.test(bare)) throw unknownScheme(bare);
    if (path.isAbsolute(bare)) return this.#resolvePath(path.resolve(toPath(bare)), request);
    const own = this.#resolveOwn(specifier, importer);
    if (own !== undefined) return own;
    try {
      return this.#resolveBare([bare, search], importer, mode, project);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      if (isBuiltin(bare.split('/')[0]!)) throw unknownBuiltin(bare);
      if (!alias.isNamed) throw error;
      const places = alias.paths.join(', nor ');
      throw new NotFound(`no such file ${places}, where "paths" of ${project.file} leads`, {
        tried: alias.paths,
      });
    }
  }

  #resolvePath(target: string, { search, mode, isFolder: isMeant }: PathRequest): Resolution {
    const { file, tried } = findSource(target, this.#lookups, { isFolder: isMeant });
    const isRequired = mode === 'require';
    const isIndex = file !== undefined && path.basename(file).startsWith('index.');
    const folder = file === undefined || (isIndex && isRequired) ? this.#lookups.folder(target) : undefined;
    const isFolder = folder !== undefined;
    // `require()` of a folder takes `main` in its package.json before its index.
    const found = (isFolder && isRequired ? this.#packages.mainOf(folder) : undefined) ?? file;
    if (found !== undefined) return this.#located(found, search, mode);
    const missing = isMeant ? `no such folder ${target}` : `no such file ${target}`;
    const what = isFolder ? `folder ${target} has no index file` : missing;
    const code = (isFolder || isMeant) && !isRequired ? 'ERR_UNSUPPORTED_DIR_IMPORT' : undefined;
    throw new NotFound(what, { tried, code });
  }

  /**
   * Resolves `startproject/*`: to the site's own copy of this package if it has one, and otherwise to the running copy.
   */
  #resolveOwn(specifier: string, importer: string): Resolution | undefined {
    if (specifier !== 'startproject' && !specifier.startsWith('startproject/')) return undefined;
    const installed = this.findInstalled('startproject', importer);
    if (installed !== undefined && installed !== this.#ownRoot) return undefined;
    this.#ownExports ??= readExports(this.#ownRoot);
    const target = this.#ownExports[specifier.replace('startproject', '.')];
    if (target === undefined) {
      const names = Object.keys(this.#ownExports).map((name) => name.replace('.', 'startproject'));
      throw new NotFound(`this version of startproject has no module '${specifier}'`, {
        alternatives: names,
        code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
      });
    }
    return {
      kind: 'own',
      file: path.join(this.#ownRoot, typeof target === 'string' ? target : target.default),
    };
  }

  #resolveBare(
    [specifier, search]: SplitSpecifier,
    importer: string,
    mode: ResolveMode,
    project: TsProject,
  ): Resolution {
    const base = specifier.startsWith(HELPERS) ? fileURLToPath(import.meta.url) : importer;
    const context: ImportContext = {
      folder: path.dirname(base),
      conditions: this.#conditionsFor(mode, project.conditions),
      search,
    };
    if (!specifier.startsWith('#'))
      return this.#located(this.#packages.resolve(specifier, context), search, mode);
    const target = this.#packages.resolveInternal(specifier, context);
    if (typeof target !== 'string') return this.#resolve(target.specifier, target.importer, mode, project);
    return this.#located(target, search, mode);
  }

  #conditionsFor(mode: ResolveMode, custom: readonly string[]): ReadonlySet<string> {
    const key = [mode, ...custom].join(' ');
    let conditions = this.#conditions.get(key);
    if (conditions === undefined) {
      conditions = conditionsFor(mode, [...(this.#parts.conditions ?? []), ...custom]);
      this.#conditions.set(key, conditions);
    }
    return conditions;
  }

  /**
   * Decides by the real path. A file outside of any node_modules belongs to the site, also in a package that is linked
   * from a workspace.
   *
   * @throws {NotFound} when the file cannot be imported.
   */
  #located(real: string, search: string, mode: ResolveMode): Resolution {
    const isPackage = real.includes(`${path.sep}node_modules${path.sep}`);
    const isOwn = real.startsWith(path.join(this.#ownRoot, 'dist') + path.sep);
    const isNodes = real.endsWith('.node') || real.endsWith('.wasm');
    if (!isPackage && !isOwn) checkKind(real, mode);
    if (real.endsWith('.json') || !(isPackage || isOwn || isNodes))
      return { kind: 'site', file: real, search };
    return { kind: 'external', url: pathToFileURL(real).href + search };
  }
}

function readExports(ownRoot: string): OwnExports {
  return JSON.parse(readFileSync(path.join(ownRoot, 'package.json'), 'utf8')).exports;
}

function builtinUrl(specifier: string): string {
  return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new NotFound(`it is not the URL of a file: ${(error as Error).message}`, {
      code: 'ERR_INVALID_MODULE_SPECIFIER',
    });
  }
}

function splitSearch(specifier: string): SplitSpecifier {
  const at = specifier.slice(1).search(/[?#]/) + 1; // The first # may begin a name of "imports".
  return at === 0 ? [specifier, ''] : [specifier.slice(0, at), specifier.slice(at)];
}
