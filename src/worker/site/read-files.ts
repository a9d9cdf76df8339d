import type { SourceState } from '../../loader/sources/source-files.ts';

/** A batch of files that have been read. */
export interface ReadFiles {
  /** The path and the state of each file. */
  readonly files: readonly (readonly [file: string, state: SourceState])[];
  /** All files were read after this time, in ms since the epoch. */
  readonly since: number;
  /** Whether the files were read while warming up. Touched files are reported again by `install()`. */
  readonly isAhead: boolean;
}
