import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ImproperlyConfigured } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { namespaceFor } from './commonjs/commonjs-record.ts';
import type { FollowImport } from './failures/import-cycle.ts';
import { loadFailure } from './failures/load-failure.ts';
import { findModule, modulesIn, nearestModule } from './find-module.ts';
import type { GraphParts } from './graph-parts.ts';
import { isDottedPath, moduleOfFile } from './imports/dotted-path.ts';
import type { LoadedModule, ModuleLoader } from './imports/installed-loader.ts';
import { UnresolvedPath } from './imports/unresolved-path.ts';
import { ModuleGraph } from './module-graph.ts';

/** The list of modules that a worker gives to the next one, so that it can load them in advance. */
export interface Heritage {
  /** URLs of the packages and builtins that Node loaded for the site. */
  readonly packages: readonly string[];
  /** The files of the site at which imports began. */
  readonly entries: readonly string[];
}

/** Loads a site's modules, TypeScript included, by dotted path. It uses our own module graph. */
export class SiteLoader implements ModuleLoader {
  readonly root: string;
  readonly #graph: ModuleGraph;
  readonly #files: GraphParts['files'];
  readonly #resolver: GraphParts['resolver'];

  /** @param root The project root. Dotted paths are relative to it. */
  constructor(root: string, parts: GraphParts) {
    this.root = realpathSync.native(root);
    this.#resolver = parts.resolver;
    this.#files = parts.files;
    this.#graph = new ModuleGraph(parts);
  }

  /** The modules that the site has loaded so far, for the next process to prepare. */
  get heritage(): Heritage {
    const { packages, entries } = this.#graph;
    return { packages, entries };
  }

  /** Makes Node load packages before the site imports them. */
  preload(packages: Iterable<string>): Promise<void> {
    return this.#graph.preload(packages);
  }

  /** Reads, compiles and links these files and their imports, without running them. */
  prepare(entries: Iterable<string>): void {
    this.#graph.prepare(entries);
  }

  /** Applies changes of files. It is called between `prepare()` and the first import. */
  refresh(touched: Iterable<string>): void {
    this.#graph.refresh(touched);
  }

  /** Imports a specifier as a module at the root would: `import … from 'specifier'`. */
  async importPackage(specifier: string): Promise<LoadedModule['exports']> {
    const from = path.join(this.root, 'package.json');
    return namespaceFor(false, await this.#graph.import(this.#graph.resolve(specifier, from, 'import')))!;
  }

  /** Makes a file the main module of the process. Returns its module object, which is `require.main`. */
  setMain(file: string): object {
    return this.#graph.setMain(file);
  }

  /**
   * The file whose top-level `await` the site waits for, if there is one. Among several, it is the file that began
   * last.
   */
  get awaiting(): string | undefined {
    return this.#graph.atTopLevel().sort((a, b) => b.asyncOrder! - a.asyncOrder!)[0]?.file;
  }

  /** Whether the site has loaded a file. */
  isLoaded(file: string): boolean {
    return this.#graph.has(file);
  }

  /** Returns the names that a module exports. A CommonJS module must run for that. */
  exportNames(file: string): readonly string[] {
    return this.#graph.exportNames({ kind: 'site', file: realpathSync.native(file), search: '' });
  }

  /** Returns the site's file for an import. Undefined when the import has another target or none. */
  findFile(specifier: string, importer = path.join(this.root, 'package.json')): string | undefined {
    try {
      const resolution = this.#graph.resolve(specifier, importer, 'import');
      return resolution.kind === 'site' ? resolution.file : undefined;
    } catch {
      return undefined; // Node reports the missing file.
    }
  }

  /** Imports a module by its file path. */
  async importFile(file: string): Promise<LoadedModule['exports']> {
    const target = { kind: 'site', file: realpathSync.native(file), search: '' } as const;
    return namespaceFor(false, await this.#graph.import(target))!;
  }

  /** Returns the result of `require()` for a file. @throws for a file with a top-level `await`. */
  requireFile(file: string): unknown {
    return this.#graph.requireFrom(file, path.join(this.root, 'package.json'));
  }

  /**
   * Reads a file and all its imports without running them. Another process runs the file, and its changes must cause a
   * reload here.
   */
  readAhead(file: string): void {
    this.#graph.readAhead({ kind: 'site', file: realpathSync.native(file), search: '' });
  }

  async importModule(dotted: string): Promise<LoadedModule> {
    const file = this.#find(dotted);
    try {
      const { namespace } = await this.#graph.import({ kind: 'site', file, search: '' });
      return { file, exports: namespace! };
    } catch (error) {
      throw this.#failure(error, file);
    }
  }

  importModuleSync(dotted: string): LoadedModule {
    const file = this.#find(dotted);
    try {
      return { file, exports: this.#graph.importSync({ kind: 'site', file, search: '' }) };
    } catch (error) {
      throw this.#failure(error, file);
    }
  }

  #failure(error: unknown, file: string): Error {
    const follow: FollowImport = (specifier, importer) => this.findFile(specifier, importer);
    return loadFailure(error, { file, root: this.root, follow });
  }

  hasRead(file: string): boolean {
    return typeof this.#files.states.get(file) === 'number';
  }

  #find(dotted: string): string {
    const { file, missing } = this.#resolver.findModule(this.root, dotted);
    if (file !== undefined) return file;
    throw missingModuleError(this.root, dotted, missing);
  }
}

/** The error for a dotted path without a file. It names the tried paths and the most similar module. */
export function missingModuleError(
  root: string,
  dotted: string,
  tried: readonly string[],
): ImproperlyConfigured {
  const [first, last] = [tried[0]!, tried[tried.length / 2]!];
  const forbidden = whyForbidden(first) ?? whyForbidden(last);
  if (forbidden !== undefined) {
    return new ImproperlyConfigured(`The module '${dotted}' cannot be read: ${forbidden}.`, {
      hint: 'Give this user the permission x for its folder, and for those above.',
    });
  }
  const near = nearestModule(root, dotted);
  return new UnresolvedPath(
    `There is no module '${dotted}' in ${root}: neither ${path.relative(root, first)} nor ${path.relative(root, last)} exists.`,
    {
      hint:
        (near && didYouMean(dotted, [near])) ??
        otherHint(root, dotted) ??
        `Create ${path.relative(root, first)}, or correct the dotted path.`,
    },
  );
}

const MOST_NAMED = 5;

/** A hint for a file path that should be a dotted path, and for a folder of modules. */
function otherHint(root: string, path: string): string | undefined {
  const module = moduleOfFile(path);
  if (module !== undefined && findModule(root, module).file !== undefined)
    return `Write it with dots and without its ending: '${module}'.`;
  if (!isDottedPath(path)) return undefined;
  const modules = modulesIn(root, path).slice(0, MOST_NAMED);
  if (modules.length === 0) return undefined;
  return `It is a folder: name a module in it, such as ${modules.map((name) => `'${name}'`).join(', ')}.`;
}

/** The system's message for a forbidden path. Without the permission, it is unknown whether a file exists there. */
function whyForbidden(file: string): string | undefined {
  try {
    lstatSync(file, { throwIfNoEntry: false });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? message : undefined;
  }
}
