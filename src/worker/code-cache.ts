import { closeSync, constants, openSync, promises, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/**
 * `O_NONBLOCK`: the file may be a named pipe. `withRegularFile()` is not used, since it would load a chunk of the build
 * that is not compiled yet.
 */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Writing takes some milliseconds. When a temporary file has not changed for this time, the process that wrote it has
 * ended.
 */
const LEFTOVER_AGE_MS = 10_000;

// Node 20 only: compiled code keeps the path of the file that it was compiled from, so stacks would have wrong paths.
const KEEPS_PATHS = process.version.startsWith('v20.');

/** A build of this package. */
export interface Build {
  /** V8 itself checks only the length of a source. */
  readonly name: string;
  /** The folder of its files. Each site may have its own copy of a build, and all copies share the compiled code. */
  readonly root: string;
}

/** The function that Node wraps around a CommonJS file. */
type ModuleFunction = (
  exports: unknown,
  require: (id: string) => unknown,
  module: Module,
  filename: string,
  dirname: string,
) => void;

/**
 * Loads the CommonJS files of a build with V8's code cache from an earlier process. The cache includes the functions
 * that had run by then. Node does the same for its own modules, and since version 22 for other modules on request
 * (`module.enableCompileCache()`).
 *
 * `require()` finds the files that are loaded here, so no file is loaded twice. Their code cannot call `import()`: see
 * `nativeImport()`.
 */
export class CodeCache {
  readonly #file: string | undefined;
  readonly #root: string;
  readonly #header: string;
  /** By the paths of the files below the root. */
  readonly #known: ReadonlyMap<string, Buffer>;
  readonly #scripts = new Map<string, vm.Script>();
  readonly #require = createRequire(import.meta.url);
  #isComplete = true;

  /** @param file The file for the compiled code. Without it, there is no cache. */
  constructor(file: string | undefined, { name, root }: Build) {
    this.#file = file;
    this.#root = root;
    const place = KEEPS_PATHS ? `, ${JSON.stringify(root)}` : '';
    this.#header = `startproject code ${name}, node ${process.version} ${process.arch}${place}`;
    this.#known = file === undefined ? new Map() : this.#read(file);
  }

  /** Requires a file of the build, and the files that it requires. */
  load(file: string): unknown {
    const loaded = this.#require.cache[file];
    if (loaded !== undefined) return loaded.exports;
    const module = new Module(file);
    module.filename = file;
    this.#require.cache[file] = module;
    const folder = path.dirname(file);
    const requireNext = (id: string) =>
      id.startsWith('.') ? this.load(path.join(folder, id)) : this.#require(id);
    this.#compile(file)(module.exports, requireNext, module, file, folder);
    module.loaded = true;
    return module.exports;
  }

  /**
   * Saves the compiled code for the next process, unless the cache had all of it. It takes some milliseconds. Errors
   * are ignored: without the cache, a start is only slower.
   *
   * @returns when the file is on the disk, or could not be written.
   */
  async save(): Promise<void> {
    const file = this.#file;
    if (this.#isComplete || file === undefined) return;
    this.#isComplete = true;
    const parts = new Map(this.#known); // Code that this process has not used stays in the cache for other processes.
    for (const [name, script] of this.#scripts) parts.set(name, script.createCachedData());
    const sizes = [...parts].map(([name, data]) => [name, data.length]);
    const payload = [Buffer.from(`${JSON.stringify(sizes)}\n`), ...parts.values()];
    const bytes = Buffer.concat([Buffer.from(`${this.#header}\n`), ...payload, ...payload]);
    // All processes use the same temporary name. If several are killed during a write, only one file is left behind.
    const temporary = `${file}.new`;
    try {
      await promises.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const target = await promises.open(temporary, 'wx', 0o600);
      // `sync()`: V8 does not check its data, so an incomplete file, left by a crash of the machine, must never have
      // the final name.
      await target
        .writeFile(bytes)
        .then(() => target.sync())
        .finally(() => target.close());
      await promises.rename(temporary, file);
    } catch {
      // The folder is read-only, the disk is full, or another process is writing. The next start compiles the code
      // again.
      await removeLeftover(temporary).catch(() => {});
    }
  }

  #compile(file: string): ModuleFunction {
    const code = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
    const name = path.relative(this.#root, file);
    const cachedData = this.#known.get(name);
    const script = new vm.Script(code, { filename: file, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) this.#isComplete = false;
    this.#scripts.set(name, script);
    return script.runInThisContext();
  }

  /**
   * Reads the cache. V8 does not check its data, and one wrong bit can crash the process. So the file contains the data
   * twice: a comparison takes less time than to load `node:crypto` for a hash (`bench/first-use.js`).
   */
  #read(file: string): Map<string, Buffer> {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(file, READ_WITHOUT_WAITING);
      const bytes = readFileSync(descriptor);
      const start = bytes.indexOf('\n') + 1;
      if (bytes.toString('utf8', 0, start - 1) !== this.#header) return new Map();
      const middle = (start + bytes.length) / 2;
      const payload = bytes.subarray(start, middle);
      if (!payload.equals(bytes.subarray(middle))) return new Map();
      let end = payload.indexOf('\n') + 1;
      const sizes: readonly [string, number][] = JSON.parse(payload.toString('utf8', 0, end));
      const known = new Map<string, Buffer>();
      for (const [name, size] of sizes) {
        known.set(name, payload.subarray(end, end + size));
        end += size;
      }
      return known;
    } catch {
      return new Map(); // The file does not exist yet.
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

/** Removes an unfinished file of a process that has ended, so that the next process can write it. */
async function removeLeftover(file: string): Promise<void> {
  const { mtimeMs } = await promises.stat(file);
  if (mtimeMs < Date.now() - LEFTOVER_AGE_MS) await promises.unlink(file);
}
