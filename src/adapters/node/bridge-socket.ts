import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';
import { socketInternals } from '../../node-internals/held-response.ts';
import { ConnectionDropped } from '../../wsgi/errors.ts';
import type { Environ } from '../../wsgi/types.ts';

/** The events of a connection that is not Node's, for a Node request and response on it. */
export interface Bridge {
  /** Called when the request needs bytes. */
  pull(): void;
  /**
   * Called when the handler has destroyed the request, the response or the connection.
   *
   * @returns false if the response is already complete. It is then sent first
   */
  broken(error: Error): boolean;
  /** Called when nothing was sent or received for the time that the handler has set. */
  timedOut(): void;
}

type Family = 'IPv4' | 'IPv6';

type Callback = (error?: Error | null) => void;

const HIGH_WATER_MARK = getDefaultHighWaterMark(false);

/**
 * The socket of a Node request and response that do not belong to Node's server. It connects them to an environ. Node's
 * own classes use it as a real socket: a request reads its body by `resume()`, and a response sends its blocks by
 * `write()`.
 */
export class BridgeSocket extends EventEmitter {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localPort: number;
  readonly encrypted: boolean;
  readonly connecting = false;
  readonly pending = false;
  destroyed = false;
  timeout = 0;
  readonly #environ: Environ;
  readonly #bridge: Bridge;
  #blocks: Uint8Array[] = [];
  #length = 0;
  #callbacks: Callback[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isEndingWithResponse = false;

  constructor(environ: Environ, bridge: Bridge) {
    super();
    this.#environ = environ;
    this.remoteAddress = environ.REMOTE_ADDR;
    this.remotePort = environ.REMOTE_PORT === undefined ? undefined : Number(environ.REMOTE_PORT);
    this.localPort = Number(environ.SERVER_PORT);
    this.encrypted = environ['wsgi.url_scheme'] === 'https';
    this.#bridge = bridge;
  }

  get remoteFamily(): Family | undefined {
    return familyOf(this.remoteAddress);
  }

  get localAddress(): string | undefined {
    return localAddressOf(this.#environ);
  }

  get localFamily(): Family | undefined {
    return familyOf(this.localAddress);
  }

  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open';
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

  /** Always corked, so that responses do not cork it for each tick. Their output is taken on demand. */
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
    this.active();
    return true;
  }

  /** The data that was written since the last call, as one block. */
  take(): Uint8Array | undefined {
    const blocks = this.#blocks;
    if (blocks.length === 0) return undefined;
    this.#blocks = [];
    return blocks.length === 1 ? blocks[0] : Buffer.concat(blocks, this.#length);
  }

  /** Notifies the writers that the taken block was sent. */
  sent(): void {
    this.#length = 0;
    this.active();
    if (this.#callbacks.length === 0) return;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }

  resume(): this {
    this.#bridge.pull();
    return this;
  }

  /** As in Node: a listener or the server handles the timeout. 0 removes it. */
  setTimeout(ms: number, callback?: () => void): this {
    if (callback !== undefined && ms === 0) this.removeListener('timeout', callback);
    else if (callback !== undefined) this.once('timeout', callback);
    this.timeout = ms;
    clearTimeout(this.#timer);
    this.#timer = ms > 0 && !this.destroyed ? setTimeout(() => this.#timedOut(), ms).unref() : undefined;
    return this;
  }

  #timedOut(): void {
    this.#bridge.timedOut();
    this.emit('timeout');
  }

  /** Called when data was sent or received. */
  active(): void {
    this.#timer?.refresh();
  }

  end(): this {
    return this.destroy();
  }

  destroySoon(): void {
    this.destroy();
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    if (!this.#bridge.broken(error ?? new ConnectionDropped())) {
      this.#isEndingWithResponse = true;
      return this;
    }
    this.destroyed = true;
    this.over();
    process.nextTick(() => this.emit('close', error !== undefined));
    return this;
  }

  /** Called when the client has disconnected. */
  disconnected(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.over();
    this.emit('close', false);
  }

  /** Called when the request and its response have ended. */
  over(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isEndingWithResponse) this.disconnected();
  }

  address(): { address?: string | undefined; family?: Family | undefined; port: number } {
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  }
}

/** The address that the client or the web server has connected to, if the environ has one. */
export function localAddressOf({ SERVER_ADDR, SERVER_NAME }: Environ): string | undefined {
  if (typeof SERVER_ADDR === 'string' && SERVER_ADDR !== '') return SERVER_ADDR;
  const name = SERVER_NAME.replace(/^\[(.*)\]$/, '$1');
  return isIP(name) === 0 ? undefined : name;
}

function familyOf(address: string | undefined): Family | undefined {
  if (address === undefined) return undefined;
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** Methods without effect, since the server configures its connection itself. */
const IGNORED = ['pause', 'cork', 'uncork', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'];
for (const name of IGNORED) {
  const value = function (this: BridgeSocket) {
    return this;
  };
  Object.defineProperty(BridgeSocket.prototype, name, { value, writable: true, configurable: true });
}
Object.assign(BridgeSocket.prototype, socketInternals);
