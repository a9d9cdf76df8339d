import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash } from './content-hash.ts';
import { TRANSFORM_VERSION, type TransformedModule, type TransformInput, transform } from './transform.ts';

interface Entry {
  /** Of the source and of all else that decides the output. */
  readonly key: string;
  readonly module: TransformedModule;
}

const FORMAT = `${TRANSFORM_VERSION} ${process.version}`;

/** Keeps transformed modules by the content of their sources, in memory and in one file on disk. */
export class TransformCache {
  readonly #file: string | undefined;
  #entries: Map<string, Entry> | undefined;
  #isChanged = false;

  /** @param file Where to keep it between processes; without, it lives as long as this one. */
  constructor(file?: string) {
    this.#file = file;
  }

  /** @throws {SourceSyntaxError} */
  get(input: TransformInput): TransformedModule {
    const key = `${contentHash(input.source)} ${input.kind} ${JSON.stringify(input.options)}`;
    this.#entries ??= this.#load();
    const entry = this.#entries.get(input.file);
    if (entry?.key === key) return entry.module;
    const module = transform(input);
    this.#entries.set(input.file, { key, module });
    this.#isChanged = true;
    return module;
  }

  /** Reads the file on disk now, so that the first `get` need not. */
  warm(): void {
    this.#entries ??= this.#load();
  }

  /** Writes what is new. A cache that cannot be written is only slower, so failures pass silently. */
  save(): void {
    if (!this.#isChanged || this.#file === undefined || this.#entries === undefined) return;
    this.#isChanged = false;
    const temporary = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, JSON.stringify({ format: FORMAT, entries: [...this.#entries] }), {
        mode: 0o600,
      });
      renameSync(temporary, this.#file);
    } catch {
      // A read-only folder, a full disk: the next start transforms again.
    }
  }

  #load(): Map<string, Entry> {
    if (this.#file === undefined) return new Map();
    try {
      const { format, entries } = JSON.parse(readFileSync(this.#file, 'utf8'));
      return new Map(format === FORMAT ? entries : []);
    } catch {
      return new Map(); // Not there yet, or half of it: begin anew.
    }
  }
}

/** Where the cache of a project belongs: beside its packages, or with the user's other caches. */
export function cacheFileFor(
  root: string,
  env: NodeJS.ProcessEnv,
  homeFolder: () => string,
  exists: (p: string) => boolean,
): string {
  const modules = path.join(root, 'node_modules');
  if (exists(modules)) return path.join(modules, '.cache', 'startproject', 'transforms.json');
  const base = env.XDG_CACHE_HOME || path.join(homeFolder(), '.cache');
  return path.join(base, 'startproject', `${contentHash(root).toString(36)}.json`);
}
