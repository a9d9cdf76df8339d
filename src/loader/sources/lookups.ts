import type { Stats } from 'node:fs';
import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';
import { FOLDER, type SourceState, SPECIAL, stateOf, stateOfLink, targetOf } from './source-files.ts';

type Kind = 'file' | 'folder' | 'special' | 'nothing';

/** What is recorded of a path that has no file. */
const STATES = { folder: FOLDER, special: SPECIAL, nothing: null } as const;

interface Entry {
  /** The path without symbolic links, as far as it exists. */
  readonly real: string;
  readonly kind: Kind;
}

/** The part of `SourceFiles` that records the state of a path. */
interface Memory {
  saw(target: string, state: SourceState): void;
}

/** Linux has the same limit. */
const MAX_LINKS = 40;

/**
 * Checks paths and records the state of each: missing files, folders, and every symbolic link on the way. So every
 * change that would affect a result can be detected.
 */
export class Lookups {
  readonly #memory: Memory;
  readonly #folders = new Map<string, Entry>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** A path without symbolic links, as far as it exists. */
  realPath(target: string): string {
    return this.#entry(target).real;
  }

  /** Returns the real path of the file at a path, if there is one. */
  file(target: string): string | undefined {
    const { real, kind } = this.#entry(target);
    if (kind === 'file') return real;
    this.#memory.saw(real, STATES[kind]);
    return undefined;
  }

  /** Returns the real path of the folder at a path, if there is one. */
  folder(target: string): string | undefined {
    const { real, kind } = this.#folder(target);
    if (kind === 'folder') return real;
    this.#memory.saw(real, stateOf(real));
    return undefined;
  }

  /** Must be called after folders were added or deleted. */
  forget(): void {
    this.#folders.clear();
  }

  #folder(target: string, links = 0): Entry {
    let entry = this.#folders.get(target);
    if (entry === undefined) {
      entry = this.#entry(target, links);
      // A missing folder is not kept: this process may create it later and import from it.
      if (entry.kind === 'folder') this.#folders.set(target, entry);
    }
    return entry;
  }

  #entry(target: string, links = 0): Entry {
    const parent = path.dirname(target);
    if (parent === target) return { real: target, kind: 'folder' };
    const above = this.#folder(parent, links);
    const real = path.join(above.real, path.basename(target));
    if (above.kind !== 'folder') return { real, kind: 'nothing' };
    const stats = lstatIfThere(real);
    if (!stats?.isSymbolicLink()) return { real, kind: kindOf(stats) };
    const state = stateOfLink(real);
    if (state === undefined || links === MAX_LINKS) return { real, kind: 'nothing' };
    this.#memory.saw(real, state);
    return this.#entry(targetOf(real, state), links + 1);
  }
}

function kindOf(stats: Stats | undefined): Kind {
  if (stats === undefined) return 'nothing';
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'special';
}
