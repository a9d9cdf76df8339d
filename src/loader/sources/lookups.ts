import type { Stats } from 'node:fs';
import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';
import { FOLDER, type SourceState, stateOf, stateOfLink, targetOf } from './source-files.ts';

type Kind = 'file' | 'folder' | 'nothing';

interface Entry {
  /** The path without symbolic links, as far as it exists. */
  readonly real: string;
  readonly kind: Kind;
}

/** The object that remembers the states of checked paths. */
interface Memory {
  saw(target: string, state: SourceState): void;
}

/** The limit of Linux. */
const MAX_LINKS = 40;

/**
 * Checks paths, and has every state remembered: missing files, folders, and every symbolic link on the way. So every change
 * that would affect a result can be detected.
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

  /** The real path of the file that is at a path, if one is. */
  file(target: string): string | undefined {
    const { real, kind } = this.#entry(target);
    if (kind === 'file') return real;
    this.#memory.saw(real, kind === 'folder' ? FOLDER : null);
    return undefined;
  }

  /** The real path of the folder that is at a path, if one is. */
  folder(target: string): string | undefined {
    const { real, kind } = this.#folder(target);
    if (kind === 'folder') return real;
    this.#memory.saw(real, stateOf(real));
    return undefined;
  }

  /** Call it when folders were added or deleted. */
  forget(): void {
    this.#folders.clear();
  }

  #folder(target: string, links = 0): Entry {
    let entry = this.#folders.get(target);
    if (entry === undefined) {
      entry = this.#entry(target, links);
      // A missing file may be created and imported later by this process.
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
  if (stats?.isFile()) return 'file';
  return stats?.isDirectory() ? 'folder' : 'nothing';
}
