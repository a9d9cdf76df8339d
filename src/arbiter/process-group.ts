import type { ChildProcess } from 'node:child_process';
import { endProcesses } from '../worker/descendants/end-processes.ts';
import { listProcesses } from '../worker/descendants/process-list.ts';

/** Windows has no process groups. There, only the process itself is ended. */
export const HAS_GROUPS = process.platform !== 'win32';

/** The group of a process that is its leader, with all processes that it has started, except `detached` ones. */
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
      return false; // All processes have ended, or another user's processes have got the number.
    }
  }

  /** Ends the remaining processes of the group after the leader has ended. */
  async end(): Promise<void> {
    if (HAS_GROUPS) await endProcesses((signal) => (signal === 0 ? !this.#isEmpty() : this.signal(signal)));
  }

  #isEmpty(): boolean {
    return !this.signal(0) || !listProcesses().some(({ group }) => group === -this.#target);
  }
}

/** The end of a process closes its channel too. It is seen within this time. */
const CUT_OFF_DELAY_MS = 100;

/**
 * Ends a process that has closed its channel and goes on: by SIGTERM, and after the time-out by SIGKILL.
 *
 * @param timeoutMs 0 for SIGKILL at once. A later connection may have got the descriptor of the channel, and a process
 *   that accepts connections itself would write its messages to a client.
 * @param onCutOff Called before the first signal.
 */
export function endWhenCutOff(
  child: ChildProcess,
  group: ProcessGroup | undefined,
  timeoutMs: number,
  onCutOff: () => void,
): void {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const end = () => {
    if (hasEnded()) return;
    onCutOff();
    if (timeoutMs === 0) {
      group?.signal('SIGKILL');
      return;
    }
    group?.signal('SIGTERM');
    setTimeout(() => hasEnded() || group?.signal('SIGKILL'), timeoutMs).unref();
  };
  child.once('disconnect', () => setTimeout(end, CUT_OFF_DELAY_MS).unref());
}
