import { closeSync, constants, openSync, promises, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/** A pipe may have the file's name. `withRegularFile()` would load a chunk of the build that is not compiled yet. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Writing takes some milliseconds: a file that has not changed for so long has lost its writer. */
const LEFTOVER_AGE_MS = 10_000;

/** The arguments of a wrapped CommonJS file. */
type ModuleFunction = (
  exports: unknown,
  require: (id: string) => unknown,
  module: Module,
  filename: string,
  dirname: string,
) => void;

/**
 * Loads the CommonJS files of a build with what V8 has compiled of them in an earlier process, functions included that
 * had run by then. Node does the same for its own modules, and from version 22 on for others on request
 * (`module.enableCompileCache()`).
 *
 * What is loaded here is what `require()` finds, so that nothing is loaded twice. There is no `import()` in it: see
 * `nativeImport()`.
 */
export class CodeCache {
  readonly #file: string | undefined;
  readonly #header: string;
  readonly #known: ReadonlyMap<string, Buffer>;
  readonly #scripts = new Map<string, vm.Script>();
  readonly #require = createRequire(import.meta.url);
  #isComplete = true;

  /**
   * @param file Where the compiled code is kept; without, there is none.
   * @param build Names the build. V8 itself sees only whether the length of a file has changed.
   */
  constructor(file: string | undefined, build: string) {
    this.#file = file;
    this.#header = `startproject code ${build}, node ${process.version} ${process.arch}`;
    this.#known = file === undefined ? new Map() : this.#read(file);
  }

  /** Requires a file of the build, and with it those that it requires. */
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
   * Keeps what has been compiled until now for the next process, unless this one has found it all. It takes some
   * milliseconds. A cache that cannot be written is only slower, so failures pass silently.
   *
   * @returns when it is on the disk, or cannot be.
   */
  async save(): Promise<void> {
    const file = this.#file;
    if (this.#isComplete || file === undefined) return;
    this.#isComplete = true;
    const parts = new Map(this.#known); // what this process has not needed, another may
    for (const [name, script] of this.#scripts) parts.set(name, script.createCachedData());
    const sizes = [...parts].map(([name, data]) => [name, data.length]);
    const payload = [Buffer.from(`${JSON.stringify(sizes)}\n`), ...parts.values()];
    const bytes = Buffer.concat([Buffer.from(`${this.#header}\n`), ...payload, ...payload]);
    // One name for all processes: those that are killed while they write leave one file behind, and not one each.
    const temporary = `${file}.new`;
    try {
      await promises.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const target = await promises.open(temporary, 'wx', 0o600);
      // V8 trusts what it is given: a file with a hole, left by a crash of the machine, must never have this name.
      await target
        .writeFile(bytes)
        .then(() => target.sync())
        .finally(() => target.close());
      await promises.rename(temporary, file);
    } catch {
      // A read-only folder, a full disk, another process that writes: the next start compiles again.
      await removeLeftover(temporary).catch(() => {});
    }
  }

  #compile(file: string): ModuleFunction {
    const code = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
    const cachedData = this.#known.get(file);
    const script = new vm.Script(code, { filename: file, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) this.#isComplete = false;
    this.#scripts.set(file, script);
    return script.runInThisContext();
  }

  /**
   * V8 trusts what it is given, and a wrong bit in it ends the process. So all is there twice: to compare takes less than
   * to load `node:crypto` for a hash (`bench/first-use.js`).
   */
  #read(file: string): Map<string, Buffer> {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(file, READ_WITHOUT_WAITING);
      const bytes = readFileSync(descriptor);
      const start = bytes.indexOf('\n') + 1;
      if (bytes.toString('latin1', 0, start - 1) !== this.#header) return new Map();
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
      return new Map(); // Not there yet.
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

/** Removes an unfinished file whose writer has ended, so that the next process can write it. */
async function removeLeftover(file: string): Promise<void> {
  const { mtimeMs } = await promises.stat(file);
  if (mtimeMs < Date.now() - LEFTOVER_AGE_MS) await promises.unlink(file);
}
