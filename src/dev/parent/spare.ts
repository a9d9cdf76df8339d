import { isInstalled } from '../../loader/sources/installed-packages.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';

/** A worker that is started in advance, for the next load. */
export class Spare {
  worker: DevWorkerHandle | undefined;
  readonly #start: () => DevWorkerHandle;

  constructor(start: () => DevWorkerHandle) {
    this.#start = start;
  }

  /** Starts one, unless there is one. */
  ensure(): DevWorkerHandle {
    this.worker ??= this.#start();
    return this.worker;
  }

  /** Takes the worker away. */
  take(): DevWorkerHandle | undefined {
    const { worker } = this;
    this.worker = undefined;
    return worker;
  }

  /** Whether it cannot load these changes: what a process has loaded of a package, it cannot load again. */
  isStale(changed: readonly string[]): boolean {
    return this.worker !== undefined && [...this.worker.touched, ...changed].some(isInstalled);
  }
}
