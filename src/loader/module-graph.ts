import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { type CommonjsFunction, CommonjsRecord } from './commonjs-record.ts';
import { EsmRecord, type ModuleFunction } from './esm-record.ts';
import { ExternalRecord, OwnRecord } from './external-record.ts';
import { missingModule } from './import-errors.ts';
import { JsonRecord } from './json-record.ts';
import { checkNames, evaluationOrder } from './linking.ts';
import type { GraphAccess, ModuleRecord, Namespace } from './module-record.ts';
import { PackageScopes } from './package-scope.ts';
import { NotFound, type Resolution, type ResolveMode, type Resolver } from './resolve.ts';
import type { SourceFiles } from './source-files.ts';
import type { StackTraces } from './stack-trace.ts';
import type { TransformedModule } from './transform.ts';
import type { TransformCache } from './transform-cache.ts';
import { TsconfigReader } from './tsconfig.ts';

export interface GraphParts {
  readonly files: SourceFiles;
  readonly resolver: Resolver;
  readonly cache: TransformCache;
  readonly stackTraces: StackTraces;
  /** Called when all that an import needs has been read, and none of it has run. */
  readonly onLinked?: () => void;
}

type Records = Map<string, ModuleRecord>;

/** A source file as far as it can be taken without running it. */
interface PreparedModule {
  readonly module: TransformedModule;
  /** The compiled code: `ModuleFunction` or `CommonjsFunction`. */
  readonly run: unknown;
  /** Where its imports lead, once they have been resolved. */
  resolutions?: readonly Resolution[];
}

/**
 * The site's modules and how they hang together. Importing has ECMAScript's two phases: the whole graph below an
 * import is found, read and linked before any of it runs, and then runs from the leaves up, without a turn of
 * the event loop between modules unless one of them awaits.
 */
export class ModuleGraph implements GraphAccess {
  readonly #parts: GraphParts;
  #tsconfigs: TsconfigReader;
  #scopes: PackageScopes;
  readonly #records: Records = new Map();
  readonly #prepared = new Map<string, PreparedModule>();
  /** The site's modules that were imported from outside of the graph, or by `import()`. */
  readonly #entries = new Set<string>();

  constructor(parts: GraphParts) {
    this.#parts = parts;
    this.#tsconfigs = new TsconfigReader(parts.files);
    this.#scopes = new PackageScopes(parts.files);
  }

  /** URLs of the packages that Node has loaded for the site. */
  get packages(): string[] {
    const isPackage = (record: ModuleRecord) =>
      record instanceof ExternalRecord && record.id.startsWith('file:');
    return [...this.#records.values()].filter(isPackage).map(({ id }) => id);
  }

  /** The files at which imports began, for `prepare()` in the next process. */
  get entries(): string[] {
    return [...this.#entries];
  }

  /**
   * Reads, transforms and compiles all that these files import, and runs none of it. When they are imported later,
   * that work is done; `refresh()` must be told before what has happened to files meanwhile.
   */
  prepare(entries: Iterable<string>): void {
    // V8 would leave functions inside of modules for their first call, which is when somebody waits.
    setFlagsFromString('--no-lazy');
    for (const file of entries) {
      try {
        this.#link({ kind: 'site', file, search: '' });
      } catch {
        // What is wrong with it will be told when it is imported.
      }
    }
    setFlagsFromString('--lazy');
    this.#records.clear();
  }

  /** Forgets what was prepared of files that have changed. Only before anything has run. */
  refresh(touched: Iterable<string>): void {
    const { files, resolver } = this.#parts;
    const changed = [...touched].filter((file) => files.hasChanged(file));
    // A file that came or went may change where imports lead; package.json and tsconfig.json what sources mean.
    const isFarReaching = changed.some((file) => file.endsWith('.json') || files.cameOrWent(file));
    if (isFarReaching) {
      files.forget(files.states.keys());
      resolver.forget();
      this.#prepared.clear();
      this.#tsconfigs = new TsconfigReader(files);
      this.#scopes = new PackageScopes(files);
    } else {
      files.forget(changed);
      for (const file of changed) this.#prepared.delete(file);
    }
  }

  async import(resolution: Resolution): Promise<Namespace> {
    if (resolution.kind === 'site') this.#entries.add(resolution.file);
    const record = this.#link(resolution);
    await this.#evaluate(evaluationOrder(record), 0);
    return record.namespace!;
  }

  /** @returns undefined when a module of the graph has to be awaited. */
  importSync(resolution: Resolution): Namespace | undefined {
    const record = this.#link(resolution);
    const pending = this.#evaluate(evaluationOrder(record), 0);
    if (pending === undefined) return record.namespace;
    pending.catch(() => {}); // The caller throws, and whoever imports the module again gets the error.
    return undefined;
  }

  importDynamically(specifier: string, importer: string): Promise<Namespace> {
    return new Promise((settle) => settle(this.import(this.resolve(specifier, importer, 'import'))));
  }

  requireFrom(specifier: string, importer: string): unknown {
    const resolution = this.resolve(specifier, importer, 'require');
    if (resolution.kind === 'external') return createRequire(importer)(specifier);
    if (resolution.kind === 'own') return createRequire(import.meta.url)(resolution.file);
    const record = this.#link(resolution);
    if (record instanceof CommonjsRecord) {
      if (record.state === 'linked' || record.state === 'failed') this.#step(record);
      return record.module.exports;
    }
    const namespace = this.importSync(resolution);
    if (namespace === undefined)
      throw new Error(`require() cannot load ${record.id}, which awaits at its top level.`);
    return record instanceof JsonRecord ? namespace.default : namespace;
  }

  resolve(specifier: string, importer: string, mode: ResolveMode): Resolution {
    try {
      return this.#parts.resolver.resolve(specifier, importer, mode);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      this.#parts.files.missed(error.missing);
      throw missingModule(specifier, importer, error);
    }
  }

  /** Loads all that an import needs. A failure leaves the graph as it was. */
  #link(target: Resolution): ModuleRecord {
    const fresh: Records = new Map();
    const root = this.#recordOf(target, fresh);
    const added: EsmRecord[] = [];
    // A Map is iterated in order of insertion, what is inserted meanwhile included.
    for (const record of fresh.values()) {
      if (!(record instanceof EsmRecord)) continue;
      added.push(record);
      record.dependencies = this.#resolutionsOf(record).map((resolution) =>
        this.#recordOf(resolution, fresh),
      );
    }
    for (const record of added)
      record.instantiate(this.#prepared.get(record.file)!.run as ModuleFunction, this);
    for (const record of added.reverse()) record.linkReExports();
    for (const record of added) checkNames(record, (dependency) => dependency.hasStaticNames);
    for (const [id, record] of fresh) this.#records.set(id, record);
    this.#parts.onLinked?.();
    return root;
  }

  #recordOf(resolution: Resolution, fresh: Records): ModuleRecord {
    const id = idOf(resolution);
    let record = this.#records.get(id) ?? fresh.get(id);
    if (record === undefined) {
      record = this.#createRecord(id, resolution);
      fresh.set(id, record);
    }
    return record;
  }

  #createRecord(id: string, resolution: Resolution): ModuleRecord {
    if (resolution.kind === 'external') return new ExternalRecord(id);
    if (resolution.kind === 'own') return new OwnRecord(id);
    return this.#read(id, resolution.file);
  }

  #resolutionsOf({ file, source }: EsmRecord): readonly Resolution[] {
    const prepared = this.#prepared.get(file)!;
    prepared.resolutions ??= source.imports.map(({ specifier }) => this.resolve(specifier, file, 'import'));
    return prepared.resolutions;
  }

  #read(id: string, file: string): ModuleRecord {
    if (file.endsWith('.json')) return new JsonRecord(id, file, this.#parts.files.read(file));
    let prepared = this.#prepared.get(file);
    if (prepared === undefined) {
      prepared = this.#prepareFile(file);
      this.#prepared.set(file, prepared);
    }
    const { module, run } = prepared;
    if (module.kind === 'esm') return new EsmRecord(id, file, module);
    return new CommonjsRecord(id, file, run as CommonjsFunction, this);
  }

  #prepareFile(file: string): PreparedModule {
    const { files, cache, stackTraces } = this.#parts;
    const source = files.read(file);
    const kind = this.#scopes.kindOf(file);
    const options = this.#tsconfigs.optionsOf(file);
    const module = cache.get({ file, source, kind, options });
    stackTraces.register(file, module);
    const script = new vm.Script(module.code, { filename: file, lineOffset: module.lineOffset });
    return { module, run: script.runInThisContext() };
  }

  /** Runs records in order. Returns a promise only when one of them has to be awaited. */
  #evaluate(order: readonly ModuleRecord[], start: number): Promise<void> | undefined {
    for (let index = start; index < order.length; index++) {
      const pending = this.#step(order[index]!);
      if (pending) return pending.then(() => this.#evaluate(order, index + 1));
    }
    return undefined;
  }

  #step(record: ModuleRecord): Promise<void> | undefined {
    if (record.state === 'failed') throw record.error;
    // Without `pending`, it is an ancestor in a cycle of synchronous modules, which goes on after us.
    if (record.state !== 'linked') return record.pending;
    const fail = (error: unknown): never => {
      record.state = 'failed';
      record.error = error;
      throw error;
    };
    record.state = 'evaluating';
    try {
      if (record instanceof EsmRecord) {
        record.linkReExports();
        checkNames(record, (dependency) => !dependency.hasStaticNames && dependency.state === 'evaluated');
      }
      const result = record.evaluate();
      if (result === undefined) {
        record.state = 'evaluated';
        return undefined;
      }
      record.pending = result.then(() => {
        record.state = 'evaluated';
        record.pending = undefined;
      }, fail);
      return record.pending;
    } catch (error) {
      return fail(error);
    }
  }
}

function idOf(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'external':
      return resolution.url;
    case 'own':
      return resolution.file;
    case 'site':
      return resolution.file + resolution.search;
  }
}
