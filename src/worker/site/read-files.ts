import type { SourceState } from '../../loader/sources/source-files.ts';

/** One batch of files as they are read. */
export interface ReadFiles {
  /** Path and state of each. */
  readonly files: readonly (readonly [file: string, state: SourceState])[];
  /** No file was read before this time, in ms since the epoch. */
  readonly since: number;
  /** They were read while warming. Those that `install()` gets as touched are reported again. */
  readonly isAhead: boolean;
}
