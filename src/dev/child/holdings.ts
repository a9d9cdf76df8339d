import { readTextIfThere } from '../../files/regular-file.ts';
import { errorChain } from '../../handler/errors/error-chain.ts';
import { isError, readText } from '../../text/thrown-text.ts';

/** Resources that only one process can have at a time: the site's own servers, and children, which may have servers. */
const EXCLUSIVE = new Set(['TCPServerWrap', 'ProcessWrap']);

/** Whether this process holds a resource that another load of the same site would need. */
export function holdsExclusively(): boolean {
  return process.getActiveResourcesInfo().some((kind) => EXCLUSIVE.has(kind));
}

/** What the next load may need or wait for, beside those: sockets, behind which a database may keep a lock for this process. */
const AWAITED = new Set([...EXCLUSIVE, 'PipeServerWrap', 'TCPSocketWrap', 'UDPWrap']);

/** A load takes less, its first request included. */
const LINGER_MS = 50;

/**
 * For a process that ends, once its handlers have run: it stands still for a moment. To take back its memory, the system needs
 * a processor, and the next load needs them all. Not where the next load may want something that this process has.
 */
export function linger(): void {
  if (isAwaited(process.getActiveResourcesInfo(), readTextIfThere('/proc/locks'), process.pid)) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LINGER_MS);
}

/**
 * Whether another process may need what this one has.
 *
 * @param locks The locks of files, as Linux lists them; undefined where nobody tells.
 */
export function isAwaited(resources: readonly string[], locks: string | undefined, pid: number): boolean {
  if (locks === undefined || resources.some((kind) => AWAITED.has(kind))) return true;
  // The process is the fifth column. For a lock of an open file description it is always -1.
  return locks.split('\n').some((line) => [String(pid), '-1'].includes(line.split(/ +/)[4] ?? ''));
}

/** Whether something failed since another process has the port, or the socket's file. */
export function isPortTaken(error: unknown): boolean {
  return errorChain(error).errors.some((one) => isError(one) && readText(one, 'code') === 'EADDRINUSE');
}
