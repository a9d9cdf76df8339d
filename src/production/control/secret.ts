import type * as Crypto from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

const DESCRIPTORS = 8;
const POSITIONS = 65_536;

/** Loaded when the server serves. */
const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto');

/**
 * A secret of 128 bits that only the user of this process and root can read. It is not stored on a disk: it consists of
 * the read positions of descriptors of an existing file. Linux shows them in `/proc/PID/fdinfo` only to users who may
 * inspect the process (proc_pid_fdinfo(5), ptrace(2): PTRACE_MODE_READ_FSCREDS). So no writable folder is needed.
 */
export class Secret {
  readonly descriptors: readonly number[];
  readonly #text: string;

  private constructor(descriptors: readonly number[], text: string) {
    this.descriptors = descriptors;
    this.#text = text;
  }

  /**
   * Makes a secret. Undefined if the user's other processes could not read it: on systems without Linux's `/proc`, and
   * in a process that its user may not inspect because the process or the program has capabilities (capabilities(7)).
   *
   * @param file Any file of at least 64 KiB.
   */
  static create(file: string = process.execPath): Secret | undefined {
    const descriptors: number[] = [];
    try {
      if (!isOpenToUser()) return undefined;
      for (let count = 0; count < DESCRIPTORS; count++) {
        const descriptor = openSync(file, 'r');
        descriptors.push(descriptor);
        readSync(descriptor, Buffer.alloc(crypto().randomInt(POSITIONS))); // Reading moves the position.
      }
      const text = readSecret(process.pid, descriptors);
      // gVisor shows no real positions: all of them are equal.
      if (new Set(text.split('-')).size > 1) return new Secret(descriptors, text);
    } catch {
      // There is no /proc, no permission or no free descriptor. The channel then uses a socket file.
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

/**
 * Reads the secret of a process. @throws if this user may not read it, or the process has no secret in these
 * descriptors.
 */
export function readSecret(pid: number, descriptors: readonly number[]): string {
  const positions = descriptors.map((descriptor) => {
    const info = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'latin1');
    return /^pos:\s*(\d+)$/m.exec(info)?.[1] ?? '';
  });
  return positions.join('-');
}

/**
 * Root may inspect every process. Other users may inspect their own, unless the process has capabilities that they
 * lack.
 */
function isOpenToUser(): boolean {
  const user = process.geteuid?.();
  if (user === 0) return true;
  const capabilities = /^CapPrm:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return statSync('/proc/self/fd').uid === user && Number.parseInt(capabilities ?? 'f', 16) === 0;
}
