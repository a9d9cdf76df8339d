import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ResolverFactory } from 'oxc-resolver';
import { statIfThere } from '../stat-if-there.ts';
import { EXTENSIONS, findByBase, isFile } from './find-module.ts';

/** Where an import leads: into the site, whose modules we run ourselves, or out of it, to Node's own loader. */
export type Resolution =
  | { readonly kind: 'site'; readonly file: string; readonly search: string }
  | { readonly kind: 'external'; readonly url: string }
  /** A module of this package, which runs here already. */
  | { readonly kind: 'own'; readonly file: string };

export type ResolveMode = 'import' | 'require';

/** An import leads nowhere. */
export class NotFound extends Error {
  /** The paths that were tried, so that their appearance can heal it. */
  readonly missing: readonly string[];
  /** What could have been imported, where that is known. */
  readonly alternatives: readonly string[];
  constructor(message: string, missing: readonly string[] = [], alternatives: readonly string[] = []) {
    super(message);
    this.missing = missing;
    this.alternatives = alternatives;
  }
}

const SOURCE_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

/** `exports` of this package's own package.json. The default is what Node requires. */
type OwnExports = Readonly<Record<string, string | { readonly default: string }>>;

const RELATIVE = /^\.{1,2}(?:\/|$)/;

/**
 * Resolves the imports of a site's modules, with TypeScript's rules: `./a.js` may be `a.ts`, endings may be left
 * out, tsconfig's `paths` and `baseUrl` count. Packages keep Node's rules.
 */
export class Resolver {
  readonly #cache = new Map<string, Resolution>();
  readonly #ownRoot: string;
  #ownExports: OwnExports | undefined;
  readonly #factories = new Map<ResolveMode, ResolverFactory>();

  /** @param ownRoot Folder of this package: `startproject/*` leads there when the site has no copy of it. */
  constructor(ownRoot: string) {
    this.#ownRoot = realpathSync.native(ownRoot);
  }

  /**
   * @param specifier As written after `from`.
   * @param importer Absolute path of the importing file.
   * @throws {NotFound}
   */
  resolve(specifier: string, importer: string, mode: ResolveMode = 'import'): Resolution {
    const key = `${mode} ${path.dirname(importer)} ${specifier}`;
    let resolution = this.#cache.get(key);
    if (resolution === undefined) {
      resolution = this.#resolve(specifier, importer, mode);
      this.#cache.set(key, resolution);
    }
    return resolution;
  }

  /** Forgets where imports led, since files have come or gone. */
  forget(): void {
    this.#cache.clear();
    for (const factory of this.#factories.values()) factory.clearCache();
  }

  #resolve(specifier: string, importer: string, mode: ResolveMode): Resolution {
    if (isBuiltin(specifier)) return { kind: 'external', url: builtinUrl(specifier) };
    if (specifier.startsWith('data:')) return { kind: 'external', url: specifier };
    const [bare, search] = splitSearch(specifier);
    if (bare.startsWith('file:')) return this.#resolvePath(fileURLToPath(bare), search);
    if (RELATIVE.test(bare))
      return this.#resolvePath(path.resolve(path.dirname(importer), decode(bare)), search);
    if (path.isAbsolute(bare)) return this.#resolvePath(bare, search);
    return this.#resolveOwn(bare, importer) ?? this.#resolveBare(specifier, importer, mode);
  }

  #resolvePath(target: string, search: string): Resolution {
    const endings = SOURCE_ENDINGS[path.extname(target)];
    const stem = endings && target.slice(0, -path.extname(target).length);
    const exact = endings ? endings.map((ending) => stem + ending) : [target];
    const file = exact.find(isFile);
    if (file !== undefined) return this.#located(file, search);
    const found = findByBase(target);
    if (found.file !== undefined) return this.#located(found.file, search);
    const json = `${target}.json`;
    if (isFile(json)) return this.#located(json, search);
    const isFolder = statIfThere(target)?.isDirectory() ?? false;
    const what = isFolder ? `folder ${target} has no index file` : `no such file ${target}`;
    throw new NotFound(what, [...exact, ...found.missing]);
  }

  /** `startproject/*`: the site's own copy where it has another one, else the one that runs. */
  #resolveOwn(specifier: string, importer: string): Resolution | undefined {
    if (specifier !== 'startproject' && !specifier.startsWith('startproject/')) return undefined;
    const installed = findInstalled('startproject', importer);
    if (installed !== undefined && realpathSync.native(installed) !== this.#ownRoot) return undefined;
    this.#ownExports ??= readExports(this.#ownRoot);
    const target = this.#ownExports[specifier.replace('startproject', '.')];
    if (target === undefined) {
      const names = Object.keys(this.#ownExports).map((name) => name.replace('.', 'startproject'));
      throw new NotFound(`this version of startproject has no module '${specifier}'`, [], names);
    }
    return {
      kind: 'own',
      file: path.join(this.#ownRoot, typeof target === 'string' ? target : target.default),
    };
  }

  #resolveBare(specifier: string, importer: string, mode: ResolveMode): Resolution {
    const helper = /^@oxc-project\/runtime\/.+/.test(specifier);
    const base = helper ? fileURLToPath(import.meta.url) : importer;
    const result = this.#factory(mode).resolveFileSync(base, specifier);
    if (result.path === undefined) throw new NotFound(result.error ?? `cannot find package '${specifier}'`);
    const [file, search] = splitSearch(result.path);
    return this.#located(file, search);
  }

  #factory(mode: ResolveMode): ResolverFactory {
    let factory = this.#factories.get(mode);
    if (factory === undefined) {
      const { ResolverFactory } = createRequire(import.meta.url)(
        'oxc-resolver',
      ) as typeof import('oxc-resolver');
      factory = new ResolverFactory({
        tsconfig: 'auto',
        conditionNames: ['node', mode],
        extensions: [...EXTENSIONS, '.json', '.node'],
        extensionAlias: Object.fromEntries(
          Object.entries(SOURCE_ENDINGS).map(([from, to]) => [from, [...to]]),
        ),
      });
      this.#factories.set(mode, factory);
    }
    return factory;
  }

  /** A real path outside of any node_modules is the site's: also that of a package linked from a workspace. */
  #located(file: string, search: string): Resolution {
    const real = realpathSync.native(file);
    const isPackage = real.includes(`${path.sep}node_modules${path.sep}`);
    const isOwn = real.startsWith(path.join(this.#ownRoot, 'dist') + path.sep);
    const isNodes = real.endsWith('.node') || real.endsWith('.wasm');
    if (real.endsWith('.json') || !(isPackage || isOwn || isNodes))
      return { kind: 'site', file: real, search };
    return { kind: 'external', url: pathToFileURL(real).href + search };
  }
}

/** Node takes 2 ms to find out the same. */
function readExports(ownRoot: string): OwnExports {
  return JSON.parse(readFileSync(path.join(ownRoot, 'package.json'), 'utf8')).exports;
}

/** The folder of a package as Node would find it from a file, or undefined. */
export function findInstalled(name: string, importer: string): string | undefined {
  for (let folder = path.dirname(importer); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function builtinUrl(specifier: string): string {
  return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
}

function splitSearch(specifier: string): [bare: string, search: string] {
  const at = specifier.search(/[?#]/);
  return at <= 0 ? [specifier, ''] : [specifier.slice(0, at), specifier.slice(at)];
}

/** Specifiers are URLs: `./a%20b.ts` is a file with a space. */
function decode(specifier: string): string {
  return specifier.includes('%') ? decodeURIComponent(specifier) : specifier;
}
