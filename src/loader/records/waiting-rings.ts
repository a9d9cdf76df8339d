import type { ImportError } from '../failures/module-errors.ts';
import type { EsmRecord } from './esm-record.ts';

/** The interval of the checks of a ring. */
const CHECK_MS = 50;
/** A ring that lasts longer is an error, also when the process is not idle. */
const LASTING_MS = 5_000;

/**
 * Finds modules that wait for each other at their top level, by `import()`. Such a ring never ends: ECMAScript does not
 * prevent it, and Node ends the process. An `import()` without `await` is harmless, but looks the same from here. So a
 * ring is an error only when the process is idle, or when the ring lasts long.
 */
export class WaitingRings {
  /** The pending `import()` calls at the top level of each module. */
  readonly #imports = new Map<EsmRecord, Set<EsmRecord>>();
  /** Modules that probably wait for an import from outside of the graph. */
  readonly #assumed = new Set<EsmRecord>();
  readonly #isIdle: () => boolean;

  /** @param isIdle Whether the process is idle. */
  constructor(isIdle: () => boolean = idleness()) {
    this.#isIdle = isIdle;
  }

  /**
   * @param importer A module that is being evaluated.
   * @param target The module that it imports.
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
      // On `beforeExit` no task is left: Node is about to end the process.
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
   * Guards an import from outside of the graph, for example the import of the URLconf by `getWsgiApplication()`.
   * Probably one of the modules at their top level has requested it and waits for it.
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

  /** The chain of modules from the importer to the target, in which each module waits for the one before it. */
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

/** Returns a function that tells whether the process is idle: no new resource (timer, socket, file) keeps it alive. */
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
