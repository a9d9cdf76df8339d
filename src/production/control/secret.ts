import type * as Crypto from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

const DESCRIPTORS = 8;
const POSITIONS = 65_536;

/** Loaded when the server serves. */
const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto');

/**
 * A secret of 128 bits that the user of this process can read, root, and nobody else. It is on no disk: it consists of the
 * positions of descriptors of a file that is there anyway. Linux shows these in `/proc/PID/fdinfo`, to those alone who may
 * inspect the process (proc_pid_fdinfo(5), ptrace(2): PTRACE_MODE_READ_FSCREDS). So nothing has to be writable.
 */
export class Secret {
  readonly descriptors: readonly number[];
  readonly #text: string;

  private constructor(descriptors: readonly number[], text: string) {
    this.descriptors = descriptors;
    this.#text = text;
  }

  /**
   * Makes one; undefined where the user's other processes could not read it: on systems that have no `/proc` as Linux has, and
   * in a process that its user may not inspect, since it has capabilities or the program has (capabilities(7)).
   *
   * @param file Any file of 64 KiB and more.
   */
  static create(file: string = process.execPath): Secret | undefined {
    const descriptors: number[] = [];
    try {
      if (!isOpenToUser()) return undefined;
      for (let count = 0; count < DESCRIPTORS; count++) {
        const descriptor = openSync(file, 'r');
        descriptors.push(descriptor);
        readSync(descriptor, Buffer.alloc(crypto().randomInt(POSITIONS))); // which moves the position
      }
      const text = readSecret(process.pid, descriptors);
      // gVisor shows no real positions: all are the same.
      if (new Set(text.split('-')).size > 1) return new Secret(descriptors, text);
    } catch {
      // No /proc, no permission, no descriptors: the channel uses a socket file instead.
    }
    descriptors.forEach(closeSync);
    return undefined;
  }

  matches(text: unknown): boolean {
    if (typeof text !== 'string' || text.length !== this.#text.length) return false;
    const [given, own] = [Buffer.from(text), Buffer.from(this.#text)];
    return given.length === own.length && crypto().timingSafeEqual(given, own);
  }

  close(): void {
    this.descriptors.forEach(closeSync);
  }
}

/** Reads the secret of a process. @throws when this user may not, or the process has none in these descriptors. */
export function readSecret(pid: number, descriptors: readonly number[]): string {
  const positions = descriptors.map((descriptor) => {
    const info = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'latin1');
    return /^pos:\s*(\d+)$/m.exec(info)?.[1] ?? '';
  });
  return positions.join('-');
}

/** Root may inspect every process. Other users may inspect their own, unless it has capabilities that they lack. */
function isOpenToUser(): boolean {
  const user = process.geteuid?.();
  if (user === 0) return true;
  const capabilities = /^CapPrm:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return statSync('/proc/self/fd').uid === user && Number.parseInt(capabilities ?? 'f', 16) === 0;
}
