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
  /** A hash of the source and of everything else that determines the output. */
  readonly key: string;
  /** The module, or its checksum and JSON as they were read: most are never asked for again, and their maps seldom. */
  module: TransformedModule | string;
}

/** A hash of all our code, which the bundler inserts: it includes our part of the transform. */
const BUILD = '__BUILD__';

/** The file is rewritten when it has this many times more lines than modules. */
const COMPACT_AT = 4;

/**
 * Keeps transformed modules by the content of their sources, in memory and in one file on disk. Each is a line, which is
 * appended; of several for a file, the last one counts. So a save writes one line, and a start reads one file.
 */
export class TransformCache {
  readonly #file: string | undefined;
  #entries: Map<string, Entry> | undefined;
  readonly #unsaved = new Set<string>();
  /** Lines in the file; none when it is to be written from scratch. */
  #lines = 0;

  /** @param file The file that keeps it between processes. @default none: it lives as long as this process */
  constructor(file?: string) {
    this.#file = file;
  }

  /** Whether no earlier process has kept anything, so that all files of a site have to be transformed. */
  get wasEmpty(): boolean {
    this.#known();
    return this.#lines === 0;
  }

  /** @throws {SourceSyntaxError} */
  get(input: TransformInput): TransformedModule {
    const key = keyOf(input);
    return this.#find(input.file, key) ?? this.#keep(input.file, key, transform(input));
  }

  /** The same in other threads. @throws {SourceSyntaxError} */
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

  /** Writes the new entries. Errors are ignored, since a site without the cache is only slower. */
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
      // A read-only folder, a full disk: the next start transforms again.
    }
  }

  #replace(file: string, text: string): void {
    const temporary = `${file}.${process.pid}`;
    const folder = path.dirname(file);
    // At most these two folders are created, so that the folder of a deleted or moved project does not appear again.
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

  /** Each line begins with its line feed, so that an incomplete line does not damage the next. */
  #readLines(): string[] {
    if (this.#file === undefined) return [];
    try {
      const [format, ...lines] = readRegularFile(this.#file).split('\n');
      return format === formatLine() ? lines : [];
    } catch {
      return []; // Not there yet.
    }
  }
}

function keyOf(input: TransformInput): string {
  const { source, kind, options } = input;
  return `${contentHash(source)} ${kind} ${JSON.stringify(options)} ${compilerFor(input)}`;
}

/** The versions that made the transforms in a file. */
function formatLine(): string {
  return `startproject ${BUILD}, oxc-transform ${compilerVersion()}, node ${process.version}`;
}

/** Checks the folders first, since the first `require()` of a process is slow. */
function compilerVersion(): string {
  const name = 'oxc-transform/package.json';
  for (const folder of foldersFrom(path.normalize(PACKAGE_ROOT))) {
    const manifest = readTextIfThere(path.join(folder, 'node_modules', name));
    if (manifest !== undefined) return JSON.parse(manifest).version;
  }
  return createRequire(import.meta.url)(name).version;
}

/** JSON has no tab or line feed. A path with one is not escaped: its entry is only not found again. */
function toLine(file: string, { key, module }: Entry): string {
  return `\n${file}\t${key}\t${typeof module === 'string' ? module : toChecked(module)}`;
}

/** A checksum, since a damaged entry would be a wrong program. */
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
  return crc32(json).toString(36); // Native, since each start does this for every module.
}

/**
 * The place of a project's cache: beside its packages, or with the user's other caches. Projects that share their packages
 * have a cache each. Undefined where there is no place.
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
