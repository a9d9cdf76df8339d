import { readTextIfThere } from '../../files/regular-file.ts';
import { errorChain } from '../../handler/errors/error-chain.ts';
import { isError, readText } from '../../text/thrown-text.ts';

/**
 * Resources that only one process can have at a time: the site's own servers, and child processes, which may contain
 * servers.
 */
const EXCLUSIVE = new Set(['TCPServerWrap', 'ProcessWrap']);

/** Whether this process holds a resource that another load of the same site would need. */
export function holdsExclusively(): boolean {
  return process.getActiveResourcesInfo().some((kind) => EXCLUSIVE.has(kind));
}

/**
 * Further resources that the next load may need or wait for. Behind a socket, a database may keep a lock for this
 * process.
 */
const AWAITED = new Set([...EXCLUSIVE, 'PipeServerWrap', 'TCPSocketWrap', 'UDPWrap']);

/** A load with its first request takes less time. */
const LINGER_MS = 50;

/**
 * Delays the end of a process after its handlers have run. The system needs a processor to release the memory of a
 * process, and the next load needs all processors. There is no delay when the next load may need a resource of this
 * process.
 */
export function linger(): void {
  if (isAwaited(process.getActiveResourcesInfo(), readTextIfThere('/proc/locks'), process.pid)) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LINGER_MS);
}

/**
 * Whether another process may need a resource of this process.
 *
 * @param locks The file locks in Linux's list. Undefined when the system has no such list.
 */
export function isAwaited(resources: readonly string[], locks: string | undefined, pid: number): boolean {
  if (locks === undefined || resources.some((kind) => AWAITED.has(kind))) return true;
  // The fifth column is the process. It is always -1 for a lock of an open file description.
  return locks.split('\n').some((line) => [String(pid), '-1'].includes(line.split(/ +/)[4] ?? ''));
}

/** Whether an error means that another process uses the port or the file of the socket. */
export function isPortTaken(error: unknown): boolean {
  return errorChain(error).errors.some((one) => isError(one) && readText(one, 'code') === 'EADDRINUSE');
}
