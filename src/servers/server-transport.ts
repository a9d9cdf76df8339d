import { setImmediate as nextTurn } from 'node:timers/promises';
import { ClientPresence } from '../wsgi/environ/client-presence.ts';
import type { ByteSource } from '../wsgi/environ/input.ts';
import type { ClientDisconnected } from '../wsgi/errors.ts';
import type { Environ, Header } from '../wsgi/types.ts';
import type { PulledBody } from './request-body/pulled-body.ts';
import type { OpenRequestFacts } from './requests-in-hand.ts';
import type { WatchedRequest } from './stall-watch.ts';

/**
 * A block up to this size is sent as a string that is joined to the head. Then one buffer is written instead of two.
 */
export const SMALL_BLOCK_BYTES = 8 * 1024;
/** A response that never has to wait gives the event loop a turn after this number of blocks. */
const BLOCKS_PER_TURN = 64;
/**
 * The event loop also gets a turn after this number of bytes, if there are other connections. A response that sends
 * more at once fills the system's buffers with memory that is no longer in any cache, and the kernel takes twice the
 * time to copy it.
 */
const BYTES_PER_TURN = 256 * 1024;

/**
 * One request and its response in any protocol. The driver sends the response through it, and it is the source of the
 * input.
 */
export abstract class ServerTransport<Body extends PulledBody = PulledBody>
  extends ClientPresence
  implements ByteSource, WatchedRequest, OpenRequestFacts
{
  readonly startedAt = Date.now();
  /** The environ that the application is called with. */
  environ: Environ | undefined;
  status = 0;
  /** The headers of the response. */
  headers: readonly Header[] = [];
  bytesSent = 0;
  /** Whether the operating system has accepted the whole response. */
  isComplete = false;
  isRefused = false;
  /** The request's body, once it is read. */
  protected body: Body | undefined;
  #blocksInTurn = 0;
  #bytesInTurn = 0;
  #waiting: Set<(error: ClientDisconnected) => void> | undefined;

  abstract readonly method: string;
  abstract readonly target: string;
  abstract readonly httpVersion: string;
  abstract readonly client: string | undefined;
  abstract readonly bytesReceived: number;
  /** A header of the request, as it was sent. @param name in lower case */
  abstract requestHeader(name: string): string | undefined;

  get isReading(): boolean {
    return this.body?.isWaiting ?? false;
  }

  get isWriting(): boolean {
    return this.#waiting !== undefined && this.#waiting.size > 0;
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    const body = this.openBody();
    return body === undefined ? null : body.pull();
  }

  rest(): Promise<readonly Uint8Array[]> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    const body = this.openBody();
    return body === undefined ? Promise.resolve([]) : body.rest();
  }

  write(block: Uint8Array): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    this.bytesSent += block.length;
    this.sendBlock(block);
    if (this.isFull) return this.#until('drain');
    this.#blocksInTurn += 1;
    this.#bytesInTurn += block.length;
    const isFair = this.#bytesInTurn < BYTES_PER_TURN || this.isAlone;
    if (isFair && this.#blocksInTurn < BLOCKS_PER_TURN) return;
    this.#blocksInTurn = 0;
    this.#bytesInTurn = 0;
    return nextTurn();
  }

  /** Called when the client can receive nothing more. */
  disconnected(error?: ClientDisconnected): void {
    this.depart(error);
    this.body?.fail(this.departure);
    for (const reject of this.#waiting ?? []) reject(this.departure);
  }

  /** The body of the request; undefined if there is none, or if it has arrived completely. */
  protected abstract openBody(): Body | undefined;

  /** Sends a block, after the head if that is not sent yet. */
  protected abstract sendBlock(block: Uint8Array): void;

  /** Whether the buffer of the socket is full, so that the response must wait. */
  protected abstract readonly isFull: boolean;

  /** Whether there is no other connection that would have to wait. */
  protected get isAlone(): boolean {
    return false;
  }

  /** Calls `act` when the socket accepts more data, or when the operating system has accepted the whole response. */
  protected abstract once(event: 'drain' | 'finish', act: () => void): void;

  /** Completes when the operating system has accepted the whole response. */
  protected async flush(): Promise<void> {
    await this.#until('finish');
    this.isComplete = true;
  }

  #until(event: 'drain' | 'finish'): Promise<void> {
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      if (this.isDisconnected) return reject(this.departure);
      waiting.add(reject);
      this.once(event, () => {
        waiting.delete(reject);
        resolve();
      });
    });
  }
}
