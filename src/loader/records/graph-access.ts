import type { Resolution } from '../resolve/resolution.ts';
import type { ModuleRecord, Namespace } from './module-record.ts';

/** What a CommonJS module sees as `module`. */
export interface CommonjsModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  /** Where packages are looked for. */
  readonly paths: readonly string[];
  /** The module that required it first; of one that was imported there is none. */
  parent: CommonjsModule | undefined;
  readonly children: CommonjsModule[];
  loaded: boolean;
  require: NodeJS.Require;
}

/** What a record asks of the graph that it is part of. */
export interface GraphAccess {
  /** `import()` inside a module. */
  importDynamically(specifier: unknown, importer: string, from?: ModuleRecord): Promise<Namespace>;
  /** `require()` inside a CommonJS module. */
  requireFrom(specifier: string, importer: string, parent?: CommonjsModule): unknown;
  /** `require.main`. */
  readonly main: CommonjsModule | undefined;
  requireCache(native: NodeJS.Dict<NodeJS.Module>): NodeJS.Dict<NodeJS.Module>;
  resolve(specifier: string, importer: string, mode: 'import' | 'require'): Resolution;
}
