import type { IncomingMessage } from 'node:http';
import { BlockCollector } from '../../../node-internals/block-collector.ts';
import { PulledBody } from '../../request-body/pulled-body.ts';
import type { RequestLimits } from '../../request-limits.ts';
import { bodyTooLarge } from './limits.ts';
import { HttpRefusal } from './refusal.ts';

/** Fields for framing, routing and authorization are not allowed in trailers (RFC 9110, section 6.5.1). */
const FORBIDDEN_TRAILERS: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
]);

/**
 * Shared by the bodies of all requests. It is used only if V8 keeps the size that its heap has reached, as in workers
 * of runwsgi. Otherwise the heap is small after a pause, and then it slows the server down: reading and sending 64 KiB
 * took 230 µs with it, and 186 without (`PAUSE=8 node bench/wsgi.js echo`, Node 24).
 */
const collector = process.execArgv.includes('--no-memory-reducer') ? new BlockCollector() : undefined;

/** The body of an HTTP request. */
export class HttpBody extends PulledBody {
  /** The number of received bytes of the body. */
  bytes = 0;
  readonly #request: IncomingMessage;
  readonly #limits: RequestLimits;
  readonly #onRefusal: (refusal: HttpRefusal) => void;

  /** @param onRefusal called if the body is larger than a limit, or has a forbidden trailer. */
  constructor(request: IncomingMessage, limits: RequestLimits, onRefusal: (refusal: HttpRefusal) => void) {
    super(collector);
    this.#request = request;
    this.#limits = limits;
    this.#onRefusal = onRefusal;
    request.on('data', (block: Buffer) => this.#received(block));
    request.on('end', () => this.#ended());
  }

  protected get isAtEnd(): boolean {
    return this.#request.readableEnded;
  }

  protected holdBack(): void {
    this.#request.pause();
  }

  protected goOn(): void {
    if (this.#request.isPaused()) this.#request.resume();
  }

  #received(block: Buffer): void {
    if (this.hasFailed) return;
    this.bytes += block.length;
    if (this.bytes > this.#limits.body) this.#onRefusal(bodyTooLarge(this.#limits));
    else this.take(block);
  }

  #ended(): void {
    const refusal = checkTrailers(this.#request);
    if (refusal === undefined) this.finish();
    else this.#onRefusal(refusal);
  }
}

/** The refusal of a request whose complete body is followed by a forbidden trailer field. */
export function checkTrailers({ rawTrailers }: IncomingMessage): HttpRefusal | undefined {
  const name = rawTrailers.find((field, i) => i % 2 === 0 && FORBIDDEN_TRAILERS.has(field.toLowerCase()));
  return name === undefined
    ? undefined
    : new HttpRefusal(400, `${name} is not allowed as a trailer after the body.`);
}
