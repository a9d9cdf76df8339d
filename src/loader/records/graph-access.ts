import type { Resolution } from '../resolve/resolution.ts';
import type { CommonjsModule, ModuleRecord, Namespace } from './module-record.ts';

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
