import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { StartResponse } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT } from './trace.ts';

/** Applications that need Node: its streams, and files whose path is the argument. */
export const files = {
  'returns a Node stream'(_environ, startResponse, trace) {
    startResponse('200 OK', TEXT);
    const stream = Readable.from([bytes('one '), bytes('two')]);
    return stream.once('close', () => trace.note('stream closed'));
  },

  'returns a Node stream that fails'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', TEXT);
    return new Readable({
      read() {
        this.destroy(new Error(String(message)));
      },
    });
  },

  'wraps a file stream'(environ, startResponse, trace, path) {
    startResponse('200 OK', TEXT);
    const stream = createReadStream(String(path));
    return environ['wsgi.file_wrapper'](stream.once('close', () => trace.note('stream closed')));
  },

  /** By a file handle, whose `read()` has other arguments than a file of Python. */
  async 'wraps a file handle'(environ, startResponse, trace, path) {
    const handle = await open(String(path));
    startResponse('200 OK', [...TEXT, ['Content-Length', String((await handle.stat()).size)]]);
    return environ['wsgi.file_wrapper']({
      async read(size = 65_536) {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(size), 0, size);
        return buffer.subarray(0, bytesRead);
      },
      async close() {
        await handle.close();
        trace.note('handle closed');
      },
    });
  },

  /** So many bytes, without an array that holds them, and with an eye on what that takes. */
  async *'streams much'(_environ, startResponse: StartResponse, trace, length) {
    startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
    const memory = new MemoryWatch();
    const block = new Uint8Array(64 * 1024).fill(97);
    for (let left = Number(length); left > 0; left -= block.length) {
      yield block.subarray(0, left);
      memory.look(block.length);
    }
    trace.note(`grew by ${memory.grownMiB} MiB`);
  },

  /** Counts its body's bytes, with an eye on what that takes. */
  async 'counts much'(environ, startResponse) {
    const memory = new MemoryWatch();
    let length = 0;
    for await (const block of environ['wsgi.input']) {
      length += block.length;
      memory.look(block.length);
    }
    startResponse('200 OK', TEXT);
    return [bytes(JSON.stringify({ length, grownMiB: memory.grownMiB }))];
  },
} satisfies Applications;

/** How many bytes pass between two looks. What was garbage in the meantime may count. */
const LOOK_BYTES = 4 * 2 ** 20;

/** How much larger than at first this process has been at most, without garbage. */
class MemoryWatch {
  readonly #collect = youngCollector();
  readonly #first = this.#residentBytes();
  #largest = this.#first;
  #unseenBytes = 0;

  /** @param bytes how many have passed since the last call */
  look(bytes: number): void {
    this.#unseenBytes += bytes;
    if (this.#unseenBytes < LOOK_BYTES) return;
    this.#unseenBytes = 0;
    this.#largest = Math.max(this.#largest, this.#residentBytes());
  }

  get grownMiB(): number {
    return Math.round((this.#largest - this.#first) / 2 ** 20);
  }

  #residentBytes(): number {
    this.#collect();
    return process.memoryUsage.rss();
  }
}

type Collect = (options: { type: 'minor' }) => void;

/** What collects the garbage of the last moments: all of it takes as long as to send what it is about. Deno needs V8's `--expose-gc`. */
function youngCollector(): () => void {
  const { Bun, gc } = globalThis as { Bun?: { gc(isSync: boolean): void }; gc?: Collect };
  if (Bun !== undefined) return () => Bun.gc(true);
  setFlagsFromString('--expose-gc');
  const collect = gc ?? (runInNewContext('gc') as Collect);
  return () => collect({ type: 'minor' });
}
