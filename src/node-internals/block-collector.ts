import { type CollectGarbage, garbageCollector } from './garbage-collector.ts';

/** The number of bytes in new blocks after which garbage is collected. */
const BYTES_BETWEEN = 8 * 1024 * 1024;

/**
 * Makes V8 collect the unused blocks of a stream early. Otherwise V8 keeps 32 or 64 MiB of them, and the process does
 * not return that memory: a body of 1 GiB made it grow by 55 MiB, and by 11 with this (`bench/fastcgi.js scgi
 * --gibibyte up`, Node 24). V8 would also collect the whole heap then, which is slower: reading and sending 64 KiB took
 * 114 µs, and 98 with this; on Node 26 120 and 91 (`SERVER_FLAGS=--no-memory-reducer node bench/wsgi.js echo`).
 */
export class BlockCollector {
  #bytes = 0;
  #collect: CollectGarbage | undefined;

  /** Called when a block of this size is made. */
  made(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < BYTES_BETWEEN) return;
    this.#bytes = 0;
    this.#collect ??= garbageCollector();
    this.#collect({ type: 'minor' }); // Collects young objects only, which is fast.
  }
}
