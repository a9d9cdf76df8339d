import { EventEmitter } from 'node:events';
import { getDefaultHighWaterMark } from 'node:stream';
import { socketInternals } from '../../node-internals/held-response.ts';
import type { Environ } from '../../wsgi/types.ts';

/** What a Node request and its response use of a connection that is not Node's. */
export interface Bridge {
  /** The request wants bytes. */
  pull(): void;
  /** The handler has destroyed the request or the response. */
  broken(error: Error): void;
}

type Callback = (error?: Error | null) => void;

const HIGH_WATER_MARK = getDefaultHighWaterMark(false);

/**
 * The socket of a request and a response that are not Node's server's: it stands between them and an environ. It tells
 * what sockets are asked for, and Node's own classes work on it as they do on a real one: `resume()` is how a request
 * asks for its body, and `write()` how a response gives its blocks.
 */
export class BridgeSocket extends EventEmitter {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localPort: number;
  readonly encrypted: boolean;
  destroyed = false;
  readonly #bridge: Bridge;
  #blocks: Uint8Array[] = [];
  #length = 0;
  #callbacks: Callback[] = [];

  constructor(environ: Environ, bridge: Bridge) {
    super();
    this.remoteAddress = environ.REMOTE_ADDR;
    this.remotePort = environ.REMOTE_PORT === undefined ? undefined : Number(environ.REMOTE_PORT);
    this.localPort = Number(environ.SERVER_PORT);
    this.encrypted = environ['wsgi.url_scheme'] === 'https';
    this.#bridge = bridge;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    if (this.remoteAddress === undefined) return undefined;
    return this.remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
  }

  get readable(): boolean {
    return !this.destroyed;
  }

  get writable(): boolean {
    return !this.destroyed;
  }

  get readableHighWaterMark(): number {
    return HIGH_WATER_MARK;
  }

  get writableHighWaterMark(): number {
    return HIGH_WATER_MARK;
  }

  get writableLength(): number {
    return this.#length;
  }

  /** Always, so that responses do not cork it for each tick: what they hold is taken when it is wanted. */
  get writableCorked(): number {
    return 1;
  }

  write(data: string | Uint8Array, encoding?: BufferEncoding, callback?: Callback | null): boolean {
    if (data.length > 0) {
      const block = typeof data === 'string' ? Buffer.from(data, encoding) : data;
      this.#blocks.push(block);
      this.#length += block.length;
    }
    if (callback) this.#callbacks.push(callback);
    return true;
  }

  /** What was written since the last time, as one block. */
  take(): Uint8Array | undefined {
    const blocks = this.#blocks;
    if (blocks.length === 0) return undefined;
    this.#blocks = [];
    return blocks.length === 1 ? blocks[0] : Buffer.concat(blocks, this.#length);
  }

  /** Tells the writers that what was taken has been sent. */
  sent(): void {
    this.#length = 0;
    if (this.#callbacks.length === 0) return;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }

  resume(): this {
    this.#bridge.pull();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#bridge.broken(
      error ?? new Error('The handler destroyed the connection before its response was complete.'),
    );
    process.nextTick(() => this.emit('close', error !== undefined));
    return this;
  }

  /** The client has disconnected. */
  disconnected(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close', false);
  }

  address(): { port: number } {
    return { port: this.localPort };
  }
}

/** What belongs to the server's own connection, which has settings of its own. */
const IGNORED = ['pause', 'cork', 'uncork', 'setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'];
for (const name of IGNORED) {
  const value = function (this: BridgeSocket) {
    return this;
  };
  Object.defineProperty(BridgeSocket.prototype, name, { value, writable: true, configurable: true });
}
Object.assign(BridgeSocket.prototype, socketInternals);
