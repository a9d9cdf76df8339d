import type { Resolution } from '../resolve/resolution.ts';
import type { CommonjsModule, ModuleRecord, Namespace } from './module-record.ts';

/** The functions of the graph that its records call. */
export interface GraphAccess {
  /** For `import()` in a module. */
  importDynamically(specifier: unknown, importer: string, from?: ModuleRecord): Promise<Namespace>;
  /** For `require()` in a CommonJS module. */
  requireFrom(specifier: string, importer: string, parent?: CommonjsModule): unknown;
  /** For `require.main`. */
  readonly main: CommonjsModule | undefined;
  requireCache(native: NodeJS.Dict<NodeJS.Module>): NodeJS.Dict<NodeJS.Module>;
  resolve(specifier: string, importer: string, mode: 'import' | 'require'): Resolution;
}
