import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';
import { Lookups } from '../../loader/sources/lookups.ts';

/** Folders that other programs write to often, and that contain no part of a site. */
const NEVER = new Set(['node_modules', '.git', '.hg', '.svn', '.cache', 'dist', 'build', 'coverage']);

/** Temporary files that editors create beside a file while they write it. */
const LEFTOVER = /~$|^\.#|^#.*#$|\.sw[a-px]$|^4913$|___jb_/;

/** Errors of a folder that cannot be listed now, but perhaps later. */
const NOT_NOW = new Set(['EACCES', 'EPERM', 'EMFILE', 'ENFILE']);

interface ExtraPathsOptions {
  /** The project root. Its `.env*` files count. */
  readonly root: string;
  /** Absolute paths of files and folders. They need not exist. */
  readonly paths: readonly string[];
  readonly isIgnored?: (file: string) => boolean;
}

/**
 * The paths that cause a reload besides the site's imports: `.env*` in the project root, and the named files and
 * folders with their whole content, now or later. For a symbolic link, the link and its target both count.
 */
export class ExtraPaths {
  /** The listed folders, each with its identity (inode and time of birth). */
  readonly #found = new Map<string, string>();
  readonly #links = new Set<string>();
  /** The targets of links. */
  readonly #targets = new Set<string>();
  readonly #root: string;
  readonly #paths: readonly string[];
  readonly isIgnored: (file: string) => boolean;

  constructor({ root, paths, isIgnored = () => false }: ExtraPathsOptions) {
    this.#root = root;
    this.#paths = paths;
    this.isIgnored = isIgnored;
  }

  /** The folders in which such a path may be created or removed. They need not exist. */
  get folders(): ReadonlySet<string> {
    const named = [...this.#paths, ...this.#links, ...this.#targets];
    return new Set([this.#root, ...named.map((target) => path.dirname(target)), ...this.#found.keys()]);
  }

  /** Whether a change at this path counts, whether it exists or not. */
  covers(target: string): boolean {
    if (this.isIgnored(target) || LEFTOVER.test(path.basename(target))) return false;
    if (path.dirname(target) === this.#root && path.basename(target).startsWith('.env')) return true;
    if (this.#links.has(target)) return true;
    return [...this.#paths, ...this.#targets].some((named) => {
      if (target === named) return true;
      const inside = target.startsWith(named + path.sep) ? target.slice(named.length + 1) : undefined;
      return inside !== undefined && !inside.split(path.sep).some((segment) => NEVER.has(segment));
    });
  }

  /**
   * Lists the current files at and below these paths, and records the folders. A folder that is already recorded is not
   * listed with its parents: its own changes are reported separately, and otherwise a deep tree would be listed once
   * for every folder in it.
   */
  scan(targets: Iterable<string> = [this.#root, ...this.#paths]): string[] {
    const files = new Set<string>();
    for (const target of targets) {
      if (this.isIgnored(target)) continue;
      // The parents of a recorded folder are known, so their links need no check.
      const isKnown = this.#found.has(target) && lstatIfThere(target)?.isDirectory();
      if (isKnown) this.#scan(target, files);
      else this.#follow(target, files);
    }
    return [...files];
  }

  /** Scans a path, and records the links on the way to it. */
  #follow(target: string, files: Set<string>): void {
    const links: string[] = [];
    const lookups = new Lookups({ saw: (link) => void links.push(link) });
    const real = lookups.realPath(target);
    for (const link of links) {
      this.#links.add(link);
      files.add(link);
    }
    if (links.length > 0) {
      // A link to a folder that is scanned anyway, or to a parent folder, would cause an endless loop.
      if (this.covers(real) || this.#isAbove(real)) return;
      this.#targets.add(real);
    }
    this.#scan(real, files);
  }

  #isAbove(folder: string): boolean {
    return [this.#root, ...this.#paths].some((named) => `${named}${path.sep}`.startsWith(folder + path.sep));
  }

  #scan(target: string, files: Set<string>): void {
    const entries = list(target);
    if (entries === 'file') files.add(target);
    if (!Array.isArray(entries)) return;
    this.#found.set(target, identityOf(target));
    for (const entry of entries) {
      const inside = path.join(target, entry.name);
      if (!this.covers(inside) || (entry.isDirectory() && this.isIgnored(`${inside}/`))) continue;
      if (entry.isSymbolicLink()) this.#follow(inside, files);
      else if (!entry.isDirectory()) files.add(inside);
      else if (this.#found.get(inside) !== identityOf(inside)) this.#scan(inside, files);
    }
  }
}

/**
 * The identity of a folder. A later folder at the same path may have the same inode, but never the same time of birth.
 */
function identityOf(folder: string): string {
  const { ino, birthtimeMs } = lstatIfThere(folder) ?? {};
  return `${ino} ${birthtimeMs}`;
}

function list(target: string): Dirent[] | 'file' | 'nothing' {
  try {
    return readdirSync(target, { withFileTypes: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NOT_NOW.has(code)) return [];
    return code === 'ENOTDIR' ? 'file' : 'nothing';
  }
}
