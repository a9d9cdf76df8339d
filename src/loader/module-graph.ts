import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { adopt, createCommonjsModule } from './commonjs/commonjs-module.ts';
import { CommonjsRecord, namespaceFor } from './commonjs/commonjs-record.ts';
import { requireCache } from './commonjs/require-cache.ts';
import { requiredNamespace } from './commonjs/required-namespace.ts';
import { missingModule } from './failures/import-errors.ts';
import { waitForImporter, waitInARing } from './failures/waiting-errors.ts';
import type { GraphParts } from './graph-parts.ts';
import { nativeImport } from './imports/native-import.ts';
import { siteModuleBuiltin } from './native/site-require.ts';
import { CompiledModules } from './records/compiled-modules.ts';
import { createRecord, idOf, type RecordSources } from './records/create-record.ts';
import { EsmRecord, type ModuleFunction } from './records/esm-record.ts';
import { Evaluator } from './records/evaluation.ts';
import { ExternalRecord } from './records/external-record.ts';
import { isFarReaching } from './records/far-reaching.ts';
import type { GraphAccess } from './records/graph-access.ts';
import { JsonRecord } from './records/json-record.ts';
import { checkNames, hasSameNames, linkReExports } from './records/linking.ts';
import type { CommonjsModule, ModuleRecord, Namespace } from './records/module-record.ts';
import { transformAhead } from './records/transform-ahead.ts';
import { WaitingRings } from './records/waiting-rings.ts';
import { NotFound } from './resolve/not-found.ts';
import type { Resolution, ResolveMode } from './resolve/resolution.ts';
import { InstalledPackages, isInstalled } from './sources/installed-packages.ts';

interface LinkedModule {
  readonly root: ModuleRecord;
  /** Loads and evaluations that must end before the modules with a top-level `await` can begin to run. */
  readonly starting: readonly Promise<unknown>[];
}

/**
 * The site's modules and their imports. As in ECMAScript, an import has two phases. First, all modules below it are
 * found, read and linked. Then they run, each after its imports. The event loop takes no turn between two modules,
 * unless one of them awaits.
 */
export class ModuleGraph implements GraphAccess {
  main: CommonjsModule | undefined;
  readonly #parts: GraphParts;
  readonly #sources: RecordSources;
  readonly #installed: InstalledPackages;
  readonly #records: Map<string, ModuleRecord> = new Map();
  readonly #evaluator = new Evaluator();
  readonly #rings: WaitingRings;
  /** Preloaded packages and builtins, by URL. */
  readonly #packages = new Map<string, Namespace>();
  /** The site's modules that were imported by `import()` or from outside of the graph. */
  readonly #entries = new Set<string>();

  constructor(parts: GraphParts) {
    this.#parts = parts;
    const moduleBuiltin = siteModuleBuiltin((file) => createCommonjsModule(file, this).require);
    const builtins = new Map<string, object>([
      ['node:module', moduleBuiltin],
      ['node:util', parts.stackTraces.utilBuiltin],
      ...(parts.builtins ?? []),
    ]);
    const modules = new CompiledModules(parts);
    this.#sources = { ...parts, modules, builtins, packages: this.#packages, graph: this };
    this.#rings = new WaitingRings(parts.isIdle);
    this.#installed = new InstalledPackages(parts.files);
  }

  /** URLs of the packages and builtins that Node has loaded for the site. */
  get packages(): string[] {
    const isLoaded = (record: ModuleRecord) =>
      record instanceof ExternalRecord && record.state === 'evaluated' && !record.id.startsWith('data:');
    return [...this.#records.values()].filter(isLoaded).map(({ id }) => id);
  }

  /** The files at which imports began. The next process passes them to `prepare()`. */
  get entries(): string[] {
    return [...this.#entries];
  }

  /** Loads packages and builtins by Node in advance. An error is ignored here: the site's own import reports it. */
  async preload(packages: Iterable<string>): Promise<void> {
    for (const url of packages) {
      this.#installed.note(url);
      await nativeImport(url).then(
        (namespace) => this.#packages.set(url, namespace),
        () => {},
      );
    }
  }

  /**
   * Reads, compiles and links these files and all their imports, without running them. Before they are imported,
   * `refresh()` must get the files that have changed since. Functions are compiled too: if they were compiled at their
   * first calls, a reload of 1,000 modules would take 18 ms of CPU instead of 9 (`bench/compile-ahead.js`, Node 24).
   */
  prepare(entries: Iterable<string>): void {
    setFlagsFromString('--no-lazy');
    for (const file of entries) this.readAhead({ kind: 'site', file, search: '' });
    setFlagsFromString('--lazy');
  }

  /** Whether a file is a module of the site that was linked. */
  has(file: string): boolean {
    return this.#records.get(file)?.file !== undefined;
  }

  exportNames(resolution: Resolution): readonly string[] {
    const { root } = this.#link(resolution);
    if (root instanceof CommonjsRecord) this.#evaluator.evaluateAtOnce(root);
    return Object.keys(namespaceFor(false, root) ?? {});
  }

  /** Reads and links a file and its imports, without running them. */
  readAhead(resolution: Resolution): void {
    try {
      this.#link(resolution);
    } catch {
      // The import reports the error.
    }
  }

  /** Applies the changes since `prepare()`. It must be called before any module has run. */
  refresh(touched: Iterable<string>): void {
    const { files, resolver } = this.#parts;
    const changed = new Set([...touched].filter((file) => files.hasChanged(file)));
    if (changed.size === 0) return;
    if ([...changed].some((file) => isFarReaching(file, files, this.#records))) {
      // Node keeps loaded packages, so their records stay valid.
      files.forget([...files.states.keys()].filter((file) => !isInstalled(file)));
      resolver.forget();
      this.#sources.modules.forgetAll();
      this.#records.clear();
      return;
    }
    files.forget(changed);
    this.#sources.modules.forget(changed);
    // If a changed module does not fit the other linked modules, or has an error, the import links everything again.
    if (!this.#replace(changed)) this.#records.clear();
  }

  async import(resolution: Resolution): Promise<ModuleRecord> {
    if (resolution.kind === 'site') this.#entries.add(resolution.file);
    const { cache, resolver } = this.#parts;
    if (cache.wasEmpty) await transformAhead(resolution, this.#sources.modules, resolver);
    const { root, starting } = this.#link(resolution);
    if (starting.length > 0) await Promise.all(starting);
    const importers = this.atTopLevel();
    const pending = this.#evaluator.evaluate(root);
    if (pending === undefined || !(root instanceof EsmRecord)) await pending;
    else await this.#rings.guardFromOutside(importers, root.cycleRoot ?? root, pending, waitForImporter);
    return root;
  }

  /** The modules that have begun to run and now wait for their own top-level `await`. */
  atTopLevel(): EsmRecord[] {
    const records = this.#evaluator.hasWaited ? [...this.#records.values()] : [];
    return records.filter((record) => record instanceof EsmRecord).filter((record) => record.isAtTopLevel);
  }

  /** Imports a module synchronously. @throws also for a graph with a top-level `await`. */
  importSync(resolution: Resolution): Namespace {
    const { root } = this.#link(resolution);
    this.#evaluator.evaluateAtOnce(root);
    return root.namespace!;
  }

  async importDynamically(given: unknown, importer: string, from?: ModuleRecord): Promise<Namespace> {
    const specifier = `${given}`; // A template literal calls ToString, as the specification demands. It throws for a symbol.
    const resolution = this.resolve(specifier, importer, 'import');
    await undefined; // `import()` loads nothing before the importer has gone on.
    if (resolution.kind === 'site') this.#entries.add(resolution.file);
    const { root, starting } = this.#link(resolution);
    if (starting.length > 0) await Promise.all(starting);
    const pending = this.#evaluator.evaluate(root);
    if (pending !== undefined) await this.#guard(pending, root, specifier, from);
    return namespaceFor(from instanceof EsmRecord && from.source.hasCommonjsScope, root)!;
  }

  #guard(
    pending: Promise<void>,
    root: ModuleRecord,
    specifier: string,
    from: ModuleRecord | undefined,
  ): Promise<void> {
    const isAtTop = from instanceof EsmRecord && from.source.isAsync && from.state === 'suspended';
    return isAtTop && root instanceof EsmRecord
      ? this.#rings.guard(from, root.cycleRoot ?? root, pending, (ring) => waitInARing(ring, specifier))
      : pending;
  }

  requireFrom(specifier: string, importer: string, parent?: CommonjsModule): unknown {
    // Node throws the error for an invalid argument.
    if (typeof specifier !== 'string' || specifier === '') return createRequire(importer)(specifier);
    const resolution = this.resolve(specifier, importer, 'require');
    if (resolution.kind === 'external') {
      const { url } = resolution;
      const builtin = this.#sources.builtins.get(url);
      if (builtin !== undefined) return builtin;
      // Node gets the file that our resolver has found, since Node does not read tsconfig.json.
      return createRequire(importer)(url.startsWith('file:') ? fileURLToPath(url) : url);
    }
    if (resolution.kind === 'own') return createRequire(import.meta.url)(resolution.file);
    const { root } = this.#link(resolution);
    if (parent !== undefined) adopt(parent, root);
    try {
      this.#evaluator.evaluateAtOnce(root);
    } catch (error) {
      // As in Node, a failed CommonJS module runs again at the next `require()`. Only ES modules keep their error.
      if (root.commonjs !== undefined) this.#records.delete(root.id);
      throw error;
    }
    if (root instanceof CommonjsRecord) return root.commonjs.exports;
    return root instanceof JsonRecord ? root.namespace.default : requiredNamespace(root as EsmRecord);
  }

  /** Sets the main module of the process, which is `require.main`. */
  setMain(file: string): CommonjsModule {
    this.main = createCommonjsModule(file, this, '.');
    return this.main;
  }

  requireCache(native: NodeJS.Dict<NodeJS.Module>): NodeJS.Dict<NodeJS.Module> {
    return requireCache(this.#records, native);
  }

  resolve(specifier: string, importer: string, mode: ResolveMode): Resolution {
    try {
      const resolution = this.#parts.resolver.resolve(specifier, importer, mode);
      if (resolution.kind === 'external') this.#installed.note(resolution.url);
      return resolution;
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      this.#installed.noteMissing(specifier, importer);
      throw missingModule({ specifier, importer, mode, resolver: this.#parts.resolver }, error);
    }
  }

  /** Loads all modules of an import. A failure leaves the graph unchanged. */
  #link(target: Resolution): LinkedModule {
    const fresh = new Map<string, ModuleRecord>();
    const root = this.#recordOf(target, fresh);
    const added: EsmRecord[] = [];
    // A Map also iterates over entries that are added during the loop.
    for (const record of fresh.values()) {
      if (!(record instanceof EsmRecord)) continue;
      added.push(record);
      const resolutions = record.source.imports.map(({ specifier }) =>
        this.resolve(specifier, record.file, 'import'),
      );
      record.link(resolutions.map((resolution) => this.#recordOf(resolution, fresh)));
    }
    for (const record of added)
      record.instantiate(this.#sources.modules.get(record.file).run as ModuleFunction, this);
    for (const record of added) linkReExports(record);
    for (const record of added) record.bindImports();
    for (const record of added) checkNames(record, (dependency) => dependency.hasStaticNames);
    for (const record of added) if (!record.hasLateNames) record.seal();
    for (const [id, record] of fresh) this.#records.set(id, record);
    this.#parts.onLinked?.();
    return { root, starting: added.flatMap(({ started }) => started ?? []) };
  }

  /**
   * Links changed modules and replaces the old ones by them. The other modules stay linked.
   *
   * @returns false when a changed module exports other names than before, since other modules are linked with the old
   *   names.
   */
  #replace(changed: ReadonlySet<string>): boolean {
    const stale = [...this.#records.values()].filter((record) => changed.has(record.file ?? ''));
    for (const { id } of stale) this.#records.delete(id);
    const replacements = new Map<ModuleRecord, ModuleRecord>();
    try {
      for (const old of stale) {
        const file = old.file!;
        const { root } = this.#link({ kind: 'site', file, search: old.id.slice(file.length) });
        if (!hasSameNames(old, root)) return false;
        replacements.set(old, root);
      }
    } catch {
      return false;
    }
    for (const record of this.#records.values()) {
      if (record instanceof EsmRecord) record.redirect(replacements);
    }
    return true;
  }

  #recordOf(resolution: Resolution, fresh: Map<string, ModuleRecord>): ModuleRecord {
    const id = idOf(resolution);
    let record = this.#records.get(id) ?? fresh.get(id);
    if (record === undefined) {
      record = createRecord(id, resolution, this.#sources);
      fresh.set(id, record);
    }
    return record;
  }
}
