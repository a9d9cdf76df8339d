import type { RuntimeCompilerOptions } from '../resolve/tsconfig.ts';

/** The kind of module that a file is. */
export type ModuleKind = 'esm' | 'cjs';

export interface TransformInput {
  readonly file: string;
  readonly source: string;
  readonly options: RuntimeCompilerOptions;
  /** The kind that the extension or the package.json sets. `undefined` when the syntax decides. */
  readonly kind: ModuleKind | undefined;
}
