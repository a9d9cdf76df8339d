import type { Server } from 'node:http';
import { mayUseInternals } from './probe.ts';

/**
 * Lets a server answer a client that has closed its sending side, as `nc -N` does. Node drops the response without this.
 *
 * Undocumented: this property of `http.Server`, in Node 20 to 26. A Node without it drops these responses.
 */
export function answerHalfOpen(server: Server): void {
  if (mayUseInternals() && 'httpAllowHalfOpen' in server) server.httpAllowHalfOpen = true;
}
