import { type BigIntStats, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { withRegularFile } from '../../files/regular-file.ts';
import { BoundedMap } from '../../wsgi/bounded-map.ts';
import { CODINGS, type Coding } from './choose-coding.ts';
import { contentType } from './content-type.ts';

/** A file that may be sent, in its state at the last check. */
export interface StaticFile {
  /** The real path, without symbolic links. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly etag: string;
  /** In whole seconds. */
  readonly modifiedAt: number;
  readonly lastModified: string;
  readonly type: string;
  /** The whole content of a small file. */
  readonly content: Uint8Array | undefined;
  /** Its compressed siblings. */
  readonly codings: ReadonlyMap<Coding, StaticFile>;
}

interface Entry {
  readonly file: StaticFile;
  readonly stats: BigIntStats;
  readonly named: string;
  checkedAt: number;
  hash: string | undefined;
}

/** A file up to this size is kept in memory, so that sending it needs no system call. */
const MOST_KEPT_BYTES = 128 * 1024;
const MOST_KEPT_FILES = 256;

/**
 * Larger files, up to this size, are kept while there is room, so that they are sent without a read. A kept file is not
 * replaced by another one: with more files than room, each request would read a file again.
 */
const MOST_KEPT_LARGE_BYTES = 1024 * 1024;
const ROOM_FOR_LARGE_BYTES = 16 * 1024 * 1024;

/**
 * Files above this size are not hashed, which would block the event loop. They keep their names, and clients validate
 * them.
 */
const MOST_HASHED_BYTES = 16 * 1024 * 1024;

const HASH_LENGTH = 12;
const CODING_COUNT = Object.keys(CODINGS).length;

/**
 * Files of folders, found by a lookup for each request, without scanning folders. If a file is in several folders, the
 * first one is used. A file is served only if its real path, without symbolic links, is inside the folder.
 */
export class StaticFolders {
  readonly #folders: readonly string[];
  readonly #freshMs: number;
  readonly #entries = new BoundedMap<string, Entry>(MOST_KEPT_FILES);

  /** @param freshMs How long a checked file is not checked again. */
  constructor(folders: readonly string[], freshMs: number) {
    this.#folders = folders.map((folder) => path.resolve(folder));
    this.#freshMs = freshMs;
  }

  find(name: string): StaticFile | undefined {
    return this.#entry(name)?.file;
  }

  /** Drops the cached data of a file that turned out to be wrong. */
  forget(name: string): void {
    this.#entries.delete(name);
  }

  /** The hash of a file's content; undefined if the file does not exist or is too large. */
  hashOf(name: string): string | undefined {
    const entry = this.#entry(name);
    if (entry === undefined || entry.file.size > MOST_HASHED_BYTES) return undefined;
    try {
      entry.hash ??= hash(entry.file.content ?? readFileSync(entry.file.path));
    } catch {
      return undefined; // The file was deleted since the check.
    }
    return entry.hash;
  }

  #entry(name: string): Entry | undefined {
    const known = this.#entries.get(name);
    const now = Date.now();
    if (known !== undefined && now - known.checkedAt < this.#freshMs) return known;
    if (!isServable(name)) return undefined;
    for (const folder of this.#folders) {
      const named = path.join(folder, name);
      const stats = fileStats(named);
      if (stats === undefined) continue;
      if (known?.named === named && isSame(known.stats, stats) && hasSameSiblings(known.file, named)) {
        known.checkedAt = now;
        return known;
      }
      const file = open(folder, named, this.#mostKept);
      if (file === undefined) continue;
      const entry = { file, stats, named, checkedAt: now, hash: undefined };
      this.#entries.set(name, entry);
      return entry;
    }
    this.forget(name);
    return undefined;
  }

  /** The size limit for keeping a file that is being read. Its compressed siblings are not larger. */
  get #mostKept(): number {
    let bytes = (CODING_COUNT + 1) * MOST_KEPT_LARGE_BYTES;
    for (const { file } of this.#entries.values()) bytes += largeBytes(file);
    return bytes > ROOM_FOR_LARGE_BYTES ? MOST_KEPT_BYTES : MOST_KEPT_LARGE_BYTES;
  }
}

function largeBytes(file: StaticFile): number {
  const sizes = [file, ...file.codings.values()].map(({ content }) => content?.length ?? 0);
  return sizes.reduce((sum, size) => (size > MOST_KEPT_BYTES ? sum + size : sum), 0);
}

/** Hidden files (`.env`, `.git`) are not served. A path that leaves the folder has a segment `..` or an empty segment. */
function isServable(name: string): boolean {
  if (/[\0\\]/.test(name)) return false;
  return name.split('/').every((segment) => segment !== '' && !segment.startsWith('.'));
}

function open(folder: string, named: string, mostKept: number): StaticFile | undefined {
  const plain = read(folder, named, { type: contentType(named), mostKept });
  if (plain === undefined) return undefined;
  const codings = new Map<Coding, StaticFile>();
  for (const [coding, ending] of Object.entries(CODINGS) as [Coding, string][]) {
    const sibling = read(folder, named + ending, { type: plain.type, mostKept });
    // A sibling that is older than its file was made from other content.
    if (sibling === undefined || sibling.modifiedAt < plain.modifiedAt) continue;
    codings.set(coding, { ...sibling, etag: `${sibling.etag.slice(0, -1)}-${coding}"` });
  }
  return { ...plain, codings };
}

interface Reading {
  readonly type: string;
  /** The size limit for keeping the content. */
  readonly mostKept: number;
}

function read(folder: string, named: string, { type, mostKept }: Reading): StaticFile | undefined {
  try {
    const real = realpathSync.native(named);
    if (!real.startsWith(path.join(realpathSync.native(folder), path.sep))) return undefined;
    return withRegularFile(real, (descriptor, { size, mtimeMs }) => ({
      path: real,
      size,
      mtimeMs,
      etag: `"${size.toString(36)}-${Math.round(mtimeMs * 1_000).toString(36)}"`,
      modifiedAt: Math.floor(mtimeMs / 1_000),
      lastModified: new Date(mtimeMs).toUTCString(),
      type,
      content: size <= mostKept ? readFileSync(descriptor) : undefined,
      codings: new Map(),
    }));
  } catch {
    return undefined; // The file does not exist, or this process may not read it. It is not served in either case.
  }
}

function hasSameSiblings({ codings }: StaticFile, named: string): boolean {
  return (Object.entries(CODINGS) as [Coding, string][]).every(([coding, ending]) => {
    const [stats, known] = [fileStats(named + ending), codings.get(coding)];
    return stats === undefined
      ? known === undefined
      : known === undefined || Number(stats.size) === known.size;
  });
}

function fileStats(file: string): BigIntStats | undefined {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? stats : undefined;
  } catch {
    return undefined; // Treated as missing, as in `statIfThere()`.
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

function hash(content: Uint8Array): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // Loaded for the first name with a hash (`bench/first-use.js`).
  return createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH);
}
