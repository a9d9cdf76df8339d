import { createRequire } from 'node:module';
import vm from 'node:vm';
import { type CommonjsFunction, CommonjsRecord } from './commonjs-record.ts';
import { EsmRecord, type ModuleFunction } from './esm-record.ts';
import { ExternalRecord } from './external-record.ts';
import { missingExport, missingModule } from './import-errors.ts';
import { JsonRecord } from './json-record.ts';
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

/**
 * The site's modules and how they hang together. Importing has ECMAScript's two phases: the whole graph below an
 * import is found, read and linked before any of it runs, and then runs from the leaves up, without a turn of
 * the event loop between modules unless one of them awaits.
 */
export class ModuleGraph implements GraphAccess {
  readonly #parts: GraphParts;
  readonly #tsconfigs: TsconfigReader;
  readonly #scopes: PackageScopes;
  readonly #records: Records = new Map();

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

  async import(resolution: Resolution): Promise<Namespace> {
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
      record.dependencies = record.source.imports.map(({ specifier }) =>
        this.#recordOf(this.resolve(specifier, record.file, 'import'), fresh),
      );
    }
    for (const record of added)
      record.instantiate(this.#compile(record.file, record.source) as ModuleFunction, this);
    for (const record of added.reverse()) record.linkReExports();
    for (const record of added) checkNames(record, (dependency) => dependency.hasStaticNames);
    for (const [id, record] of fresh) this.#records.set(id, record);
    this.#parts.onLinked?.();
    return root;
  }

  #recordOf(resolution: Resolution, fresh: Records): ModuleRecord {
    const id = resolution.kind === 'external' ? resolution.url : resolution.file + resolution.search;
    let record = this.#records.get(id) ?? fresh.get(id);
    if (record === undefined) {
      record = resolution.kind === 'external' ? new ExternalRecord(id) : this.#read(id, resolution.file);
      fresh.set(id, record);
    }
    return record;
  }

  #read(id: string, file: string): ModuleRecord {
    const { files, cache } = this.#parts;
    const source = files.read(file);
    if (file.endsWith('.json')) return new JsonRecord(id, file, source);
    const kind = this.#scopes.kindOf(file);
    const options = this.#tsconfigs.optionsOf(file);
    const module = cache.get({ file, source, kind, options });
    if (module.kind === 'esm') return new EsmRecord(id, file, module);
    return new CommonjsRecord(id, file, this.#compile(file, module) as CommonjsFunction, this);
  }

  /** The function that a module's transformed code is; its record knows what to pass to it. */
  #compile(file: string, module: TransformedModule): unknown {
    const { code, lineOffset } = module;
    this.#parts.stackTraces.register(file, module);
    return new vm.Script(code, { filename: file, lineOffset }).runInThisContext();
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

/** Depth first, dependencies before dependents, as ECMAScript evaluates. */
function evaluationOrder(root: ModuleRecord): ModuleRecord[] {
  const order: ModuleRecord[] = [];
  const seen = new Set([root]);
  const path = [{ record: root, next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const dependency = top.record.dependencies[top.next++];
    if (dependency === undefined) {
      order.push(top.record);
      path.pop();
    } else if (!seen.has(dependency) && dependency.state !== 'evaluated') {
      seen.add(dependency);
      path.push({ record: dependency, next: 0 });
    }
  }
  return order;
}

/** ECMAScript's link error: an imported name that the module does not have. */
function checkNames(record: EsmRecord, applies: (dependency: ModuleRecord) => boolean): void {
  for (const [index, { names, specifier }] of record.source.imports.entries()) {
    const dependency = record.dependencies[index]!;
    if (names.length === 0 || !applies(dependency) || passesOnUnknownNames(dependency)) continue;
    const missing = names.find((name) => !(name in dependency.namespace!));
    if (missing !== undefined) throw missingExport(missing, specifier, record, dependency);
  }
}

/** Whether a module has `export *` from one whose names are known only when it has run. */
function passesOnUnknownNames(record: ModuleRecord): boolean {
  if (!(record instanceof EsmRecord) || record.state === 'evaluated') return false;
  return record.source.stars.some((index) => {
    const dependency = record.dependencies[index]!;
    return (
      !dependency.hasStaticNames || dependency.namespace === undefined || passesOnUnknownNames(dependency)
    );
  });
}
