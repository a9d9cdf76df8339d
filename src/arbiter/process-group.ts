import { endProcesses } from '../worker/descendants/end-processes.ts';
import { listProcesses } from '../worker/descendants/process-list.ts';

/** Windows has none: there only the process itself is ended. */
export const HAS_GROUPS = process.platform !== 'win32';

/** A process that leads a group of its own, and what it has started since, unless that was started as `detached`. */
export class ProcessGroup {
  readonly #target: number;

  constructor(leader: number) {
    this.#target = HAS_GROUPS ? -leader : leader;
  }

  /** @returns whether a process received it. */
  signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(this.#target, signal);
    } catch {
      return false; // All have ended, or the number belongs to another user's processes by now.
    }
  }

  /** Ends the rest of the group after the leader has ended. */
  async end(): Promise<void> {
    if (HAS_GROUPS) await endProcesses((signal) => (signal === 0 ? !this.#isEmpty() : this.signal(signal)));
  }

  #isEmpty(): boolean {
    return !this.signal(0) || !listProcesses().some(({ group }) => group === -this.#target);
  }
}
