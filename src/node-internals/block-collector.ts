import { type CollectGarbage, garbageCollector } from './garbage-collector.ts';

/** How many bytes of blocks are made from one collection to the next. */
const BYTES_BETWEEN = 8 * 1024 * 1024;

/**
 * Has V8 collect the blocks of a stream that nobody has any more. Without this it lets 32 or 64 MiB of them lie, and the process
 * keeps what they took: 1 GiB of a body let it grow by 55 MiB, and by 11 with this (`bench/fastcgi.js scgi --gibibyte up`, Node 24).
 * And it collects all of the heap then, which takes longer: 64 KiB read and sent took 114 µs, and 98 with this, on Node 26 120 and 91
 * (`SERVER_FLAGS=--no-memory-reducer node bench/wsgi.js echo`).
 */
export class BlockCollector {
  #bytes = 0;
  #collect: CollectGarbage | undefined;

  /** Notes that a block of so many bytes is made. */
  made(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < BYTES_BETWEEN) return;
    this.#bytes = 0;
    this.#collect ??= garbageCollector();
    this.#collect({ type: 'minor' }); // the young objects alone: soon done
  }
}
