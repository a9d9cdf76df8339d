import type { RuntimeCompilerOptions } from '../resolve/tsconfig.ts';

/** How a file takes part in the module graph. */
export type ModuleKind = 'esm' | 'cjs';

export interface TransformInput {
  readonly file: string;
  readonly source: string;
  readonly options: RuntimeCompilerOptions;
  /** What the file's ending and its package.json say; `undefined` leaves it to the syntax. */
  readonly kind: ModuleKind | undefined;
}
