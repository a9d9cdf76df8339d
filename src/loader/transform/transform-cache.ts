import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { foldersFrom } from '../../files/folders-above.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { readRegularFile, readTextIfThere } from '../../files/regular-file.ts';
import { userCaches } from '../../files/user-caches.ts';
import { contentHash } from '../sources/content-hash.ts';
import { compilerFor } from './standard-decorators.ts';
import { type TransformedModule, transform, transformInThread } from './transform.ts';
import type { TransformInput } from './transform-input.ts';

interface Entry {
  /** A hash of the source and of everything else that affects the output. */
  readonly key: string;
  /**
   * The module, or its unparsed line with checksum and JSON. Most entries of a file are never used, so they are parsed
   * on demand.
   */
  module: TransformedModule | string;
}

/** A hash of this package's code, which includes our part of the transform. The bundler inserts it. */
const BUILD = '__BUILD__';

/** The file is rewritten when it has this many times more lines than entries. */
const COMPACT_AT = 4;

/**
 * Keeps transformed modules by the content of their sources, in memory and in one file on disk. Each module is a line
 * at the end of the file. When a file has several lines, the last one is valid. So a save writes one line, and a start
 * reads one file.
 */
export class TransformCache {
  readonly #file: string | undefined;
  #entries: Map<string, Entry> | undefined;
  readonly #unsaved = new Set<string>();
  /** The number of lines in the file. 0 when the file must be written anew. */
  #lines = 0;

  /** @param file The file on disk. @default none: the cache ends with this process */
  constructor(file?: string) {
    this.#file = file;
  }

  /** Whether no earlier process has stored anything. Then all files of the site must be transformed. */
  get wasEmpty(): boolean {
    this.#known();
    return this.#lines === 0;
  }

  /** Returns the transformed module, from the cache if possible. @throws {SourceSyntaxError} */
  get(input: TransformInput): TransformedModule {
    const key = keyOf(input);
    return this.#find(input.file, key) ?? this.#keep(input.file, key, transform(input));
  }

  /** Returns the transformed module. The transform runs in other threads. @throws {SourceSyntaxError} */
  async getInThread(input: TransformInput): Promise<TransformedModule> {
    const key = keyOf(input);
    return this.#find(input.file, key) ?? this.#keep(input.file, key, await transformInThread(input));
  }

  #keep(file: string, key: string, module: TransformedModule): TransformedModule {
    this.#known().set(file, { key, module });
    this.#unsaved.add(file);
    return module;
  }

  #known(): Map<string, Entry> {
    this.#entries ??= this.#load();
    return this.#entries;
  }

  #find(file: string, key: string): TransformedModule | undefined {
    const entry = this.#known().get(file);
    if (entry?.key !== key) return undefined;
    if (typeof entry.module !== 'string') return entry.module;
    const module = fromChecked(entry.module);
    if (module !== undefined) entry.module = module;
    return module;
  }

  /** Writes the new entries. Errors are ignored: without the cache, a site is only slower. */
  save(): void {
    if (this.#unsaved.size === 0 || this.#file === undefined || this.#entries === undefined) return;
    const isFresh = this.#lines === 0 || this.#lines > COMPACT_AT * this.#entries.size;
    const files = isFresh ? this.#entries.keys() : this.#unsaved;
    const lines = [...files].map((file) => toLine(file, this.#entries!.get(file)!));
    this.#unsaved.clear();
    try {
      if (isFresh) this.#replace(this.#file, [formatLine(), ...lines].join(''));
      else appendFileSync(this.#file, lines.join(''));
      this.#lines = (isFresh ? 0 : this.#lines) + lines.length;
    } catch {
      // The folder is read-only or the disk is full. The next start transforms the files again.
    }
  }

  #replace(file: string, text: string): void {
    const temporary = `${file}.${process.pid}`;
    const folder = path.dirname(file);
    // No further folders are created. Otherwise the folder of a deleted or moved project would appear again.
    for (const own of [path.dirname(folder), folder]) if (!existsSync(own)) mkdirSync(own, { mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  }

  #load(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const line of this.#readLines()) {
      const [file, key] = line.split('\t', 2);
      if (key === undefined) continue;
      this.#lines += 1;
      entries.set(file!, { key, module: line.slice(file!.length + key.length + 2) });
    }
    return entries;
  }

  /** Each line begins with its line feed, so an incomplete line does not damage the next one. */
  #readLines(): string[] {
    if (this.#file === undefined) return [];
    try {
      const [format, ...lines] = readRegularFile(this.#file).split('\n');
      return format === formatLine() ? lines : [];
    } catch {
      return []; // The file does not exist yet.
    }
  }
}

function keyOf(input: TransformInput): string {
  const { source, kind, options } = input;
  return `${contentHash(source)} ${kind} ${JSON.stringify(options)} ${compilerFor(input)}`;
}

/** The versions of all programs that affect the transformed code. A file with another first line is not used. */
function formatLine(): string {
  return `startproject ${BUILD}, oxc-transform ${compilerVersion()}, node ${process.version}`;
}

/** Reads package.json directly, since the first `require()` of a process is slow. */
function compilerVersion(): string {
  const name = 'oxc-transform/package.json';
  for (const folder of foldersFrom(path.normalize(PACKAGE_ROOT))) {
    const manifest = readTextIfThere(path.join(folder, 'node_modules', name));
    if (manifest !== undefined) return JSON.parse(manifest).version;
  }
  return createRequire(import.meta.url)(name).version;
}

/**
 * Formats an entry as a line. JSON contains no tab and no line feed. A file path with one is not escaped: its entry is
 * only never found.
 */
function toLine(file: string, { key, module }: Entry): string {
  return `\n${file}\t${key}\t${typeof module === 'string' ? module : toChecked(module)}`;
}

/** Adds a checksum, since a damaged entry would run as a wrong program. */
function toChecked(module: TransformedModule): string {
  const json = JSON.stringify(module);
  return `${checksum(json)}\t${json}`;
}

function fromChecked(checked: string): TransformedModule | undefined {
  const end = checked.indexOf('\t');
  const json = checked.slice(end + 1);
  return checked.slice(0, end) === checksum(json) ? JSON.parse(json) : undefined;
}

function checksum(json: string): string {
  return crc32(json).toString(36); // A native function, since every start computes it for each module.
}

/**
 * The place of a project's cache: beside its packages, or in the user's cache folder. Projects with the same packages
 * have a cache each. Undefined when there is no place.
 */
export function cacheFileFor(
  root: string,
  env: NodeJS.ProcessEnv,
  homeFolder: () => string,
  exists: (p: string) => boolean,
): string | undefined {
  const modules = path.join(root, 'node_modules');
  const caches = exists(modules) ? path.join(modules, '.cache') : userCaches(env, homeFolder);
  return caches && path.join(caches, 'startproject', `${contentHash(root).toString(36)}.json`);
}
