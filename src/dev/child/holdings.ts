import { errorChain } from '../../handler/errors/error-chain.ts';
import { isError, readText } from '../../text/thrown-text.ts';

/** Resources that only one process can have at a time: the site's own servers, and children, which may have servers. */
const EXCLUSIVE = new Set(['TCPServerWrap', 'ProcessWrap']);

/** Whether this process holds a resource that another load of the same site would need. */
export function holdsExclusively(): boolean {
  return process.getActiveResourcesInfo().some((kind) => EXCLUSIVE.has(kind));
}

/** Whether something failed since another process has the port, or the socket's file. */
export function isPortTaken(error: unknown): boolean {
  return errorChain(error).errors.some((one) => isError(one) && readText(one, 'code') === 'EADDRINUSE');
}
