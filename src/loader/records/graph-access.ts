import type { Resolution } from '../resolve/resolution.ts';
import type { ModuleRecord, Namespace } from './module-record.ts';

/** The `module` object of a CommonJS module. */
export interface CommonjsModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  /** The folders in which packages are looked for. */
  readonly paths: readonly string[];
  /** The module that required it first; undefined for a module that was imported. */
  parent: CommonjsModule | undefined;
  readonly children: CommonjsModule[];
  loaded: boolean;
  require: NodeJS.Require;
}

/** The functions of the graph for its records. */
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
