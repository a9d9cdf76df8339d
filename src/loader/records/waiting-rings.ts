import type { ImportError } from '../failures/module-errors.ts';
import type { EsmRecord } from './esm-record.ts';

/** How often a ring is checked. */
const CHECK_MS = 50;
/** A ring that lasts is one that its modules do not leave, also where something else goes on. */
const LASTING_MS = 5_000;

/**
 * Finds modules that wait for each other at their top level, by `import()`. They would wait for ever: ECMAScript has no
 * answer to that, and Node ends the process. An `import()` that nobody awaits makes no ring, which cannot be told from
 * one that is awaited: so a ring counts when nothing goes on in the process that could end it, or when it lasts.
 */
export class WaitingRings {
  /** What the top level of a module imports by `import()`, and has not come yet. */
  readonly #imports = new Map<EsmRecord, Set<EsmRecord>>();
  /** Modules of which it is only likely that they wait for what is imported from outside. */
  readonly #assumed = new Set<EsmRecord>();
  readonly #isIdle: () => boolean;

  /** @param isIdle Whether nothing goes on in the process. */
  constructor(isIdle: () => boolean = idleness()) {
    this.#isIdle = isIdle;
  }

  /**
   * @param importer A module that is being evaluated.
   * @param target What it imports.
   * @param failure Makes the error for a ring.
   * @returns `pending`, or that error.
   */
  guard(
    importer: EsmRecord,
    target: EsmRecord,
    pending: Promise<void>,
    failure: (ring: readonly EsmRecord[]) => ImportError,
  ): Promise<void> {
    const imports = this.#imports.get(importer) ?? new Set();
    this.#imports.set(importer, imports.add(target));
    const ended = pending.finally(() => imports.delete(target));
    if (this.#find(importer, target) === undefined) return ended;
    return new Promise((resolve, reject) => {
      let checks = 0;
      let timer: NodeJS.Timeout | undefined;
      const stop = () => {
        clearInterval(timer);
        process.off('beforeExit', checkAtEnd);
      };
      // Node would end the process, as there is nothing left to be done.
      const checkAtEnd = () => {
        const ring = this.#find(importer, target);
        if (ring !== undefined) reject(failure(ring));
      };
      const check = () => {
        const ring = this.#find(importer, target);
        checks += 1;
        const isCertain = checks > 1 && this.#isIdle();
        const isLasting =
          checks * CHECK_MS > LASTING_MS && !ring?.some((record) => this.#assumed.has(record));
        if (ring === undefined || isCertain || isLasting) stop();
        if (ring !== undefined && (isCertain || isLasting)) reject(failure(ring));
      };
      timer = setInterval(check, CHECK_MS).unref();
      process.once('beforeExit', checkAtEnd);
      ended.then(resolve, reject).finally(stop);
    });
  }

  /**
   * The same for an import from outside of the graph, such as that of the URLs by `getWsgiApplication()`: one of the modules
   * that are at their top level has most likely asked for it, and waits.
   */
  guardFromOutside(
    importers: readonly EsmRecord[],
    target: EsmRecord,
    pending: Promise<void>,
    failure: (ring: readonly EsmRecord[]) => ImportError,
  ): Promise<void> {
    let guarded = pending;
    for (const importer of importers) {
      this.#assumed.add(importer);
      guarded = this.guard(importer, target, guarded, failure);
    }
    return guarded;
  }

  /** The way by which a module waits for an importer, which comes first. */
  #find(importer: EsmRecord, target: EsmRecord): EsmRecord[] | undefined {
    const cameFrom = new Map<EsmRecord, EsmRecord>();
    const search = [target];
    for (const record of search) {
      if (record === importer) {
        const ring = [record];
        for (let at = cameFrom.get(record); at !== undefined; at = cameFrom.get(at)) ring.push(at);
        return [importer, ...ring.slice(1).reverse()];
      }
      const waitsFor = [...record.awaited, ...(this.#imports.get(record) ?? [])];
      for (const next of waitsFor) {
        if (cameFrom.has(next) || next === target || next.state === 'evaluated') continue;
        cameFrom.set(next, record);
        search.push(next);
      }
    }
    return undefined;
  }
}

/** Tells whether nothing keeps the process alive but what does now: no timer, no more sockets, no file being read. */
function idleness(): () => boolean {
  const before = countResources();
  return () =>
    [...countResources()].every(([type, count]) => type !== 'Timeout' && count <= (before.get(type) ?? 0));
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
