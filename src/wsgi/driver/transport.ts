import type { ClientPresence } from '../environ/client-presence.ts';
import type { Header } from '../types.ts';

/**
 * The interface between the driver and a server: it sends one response to one client. Each protocol has its own.
 *
 * The calls come in order: `start`, any number of `write`, `end`; or `abort` at any time. For a
 * response without a body (`HEAD`, 1xx, 204, 304) there is no `write`. A promise means back-pressure: the driver
 * waits for it, and it is rejected with `ClientDisconnected` when the client goes away.
 */
export interface Transport extends ClientPresence {
  /** Receives the head. It may be held until the first block, which follows immediately. */
  start(status: number, reason: string, headers: readonly Header[]): void;
  /** Sends a block immediately. The block is not empty. */
  write(block: Uint8Array): void | Promise<void>;
  /** Ends the response, together with a last block if the driver knows that it is the last. A text is ASCII. */
  end(lastBlock?: Uint8Array | string): void | Promise<void>;
  /** Aborts the response so that the client can detect it. */
  abort(error: unknown): void;
}
