import type { RuntimeCompilerOptions } from '../resolve/tsconfig.ts';

/** The kind of module that a file is. */
export type ModuleKind = 'esm' | 'cjs';

export interface TransformInput {
  readonly file: string;
  readonly source: string;
  readonly options: RuntimeCompilerOptions;
  /** By the file's extension and its package.json; `undefined` where the syntax decides. */
  readonly kind: ModuleKind | undefined;
}
