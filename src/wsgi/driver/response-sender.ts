import { isBodyless, isLengthless } from '../bodyless-status.ts';
import { describe, WSGIError } from '../errors.ts';
import { TextBody } from '../text-body.ts';
import type { ExcInfo, Header, Write } from '../types.ts';
import { checkBlock } from './response-body.ts';
import { parseHead, type ResponseHead } from './response-head.ts';
import type { Transport } from './transport.ts';

const START_RESPONSE = 'The start_response() Callable';

/** `idle` until startResponse() is called, `sending` once the headers are sent, `over` after the last byte. */
type Phase = 'idle' | 'called' | 'sending' | 'over';

/** Sends one response: implements `startResponse()`, `write()` and the rules for Content-Length. */
export class ResponseSender {
  readonly #transport: Transport;
  readonly #isHeadRequest: boolean;
  #phase: Phase = 'idle';
  #head: ResponseHead | undefined;
  #bytesSent = 0;

  constructor(transport: Transport, method: string) {
    this.#transport = transport;
    this.#isHeadRequest = method === 'HEAD';
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether another block is needed. `HEAD` and 304 need none once the headers are known. */
  get wantsBlocks(): boolean {
    return this.#head === undefined || this.#hasBody(this.#head);
  }

  startResponse(status: string, headers: readonly Header[], excInfo?: ExcInfo): Write {
    if (this.#phase === 'over') {
      throw new WSGIError('startResponse() was called after the response had ended.', START_RESPONSE);
    }
    if (excInfo) {
      if (!Array.isArray(excInfo)) throw badExcInfo(excInfo);
      if (this.#phase === 'sending') throw excInfo[0];
    } else if (this.#phase !== 'idle') {
      throw new WSGIError(
        'startResponse() was called twice. To answer with an error in place of what was begun, pass that error ' +
          'as the third argument: startResponse(status, headers, [error]).',
        START_RESPONSE,
      );
    }
    this.#phase = 'called';
    this.#head = undefined;
    this.#head = parseHead(status, headers);
    return (block) => this.#write(block);
  }

  /** The only block of a valid body, which `sendWhole()` sends together with the head. */
  wholeOf(response: unknown): Uint8Array | string | undefined {
    const head = this.#head;
    if (head === undefined || this.#phase !== 'called' || !this.#hasBody(head)) return undefined;
    const block = onlyBlock(response);
    if (block === undefined || block.length === 0) return undefined;
    return block.length === (head.contentLength ?? block.length) ? block : undefined;
  }

  sendWhole(block: Uint8Array | string): void | Promise<void> {
    this.#sendHead(this.#requireHead(), block.length);
    this.#phase = 'over';
    return this.#transport.end(block);
  }

  /** Sends a yielded block. `bodyLength` is the length of the whole body, if it is known in advance. */
  send(block: Uint8Array, bodyLength: number | undefined): void | Promise<void> {
    if (block.length === 0) return;
    const head = this.#requireHead();
    if (!this.#hasBody(head)) return;
    const room = this.#room(head);
    if (this.#phase === 'called') {
      // Before anything is sent, an error page is more useful than a truncated response.
      const isTooShort = bodyLength !== undefined && bodyLength < (head.contentLength ?? 0);
      if (isTooShort) throw lengthMismatch(head, bodyLength);
      this.#sendHead(head, bodyLength);
    }
    if (block.length > room) return this.#sendFitting(head, block);
    return this.#sendBlock(block);
  }

  /** Ends the response. `bodyLength` is for `HEAD`, whose body is not read. */
  finish(bodyLength: number | undefined): void | Promise<void> {
    const head = this.#requireHead();
    if (this.#hasBody(head) && this.#bytesSent < (head.contentLength ?? 0)) {
      throw lengthMismatch(head, this.#bytesSent);
    }
    if (this.#phase === 'called') this.#sendHead(head, bodyLength);
    this.#phase = 'over';
    return this.#transport.end();
  }

  /** Aborts the response so that the client can detect it. A complete response is ended instead. */
  breakOff(error: unknown): void | Promise<void> {
    this.#phase = 'over';
    if (this.#bytesSent === this.#head?.contentLength) return this.#transport.end();
    this.#transport.abort(error);
  }

  /** Ignores further calls: another response has replaced this one, or the client has disconnected. */
  abandon(): void {
    this.#phase = 'over';
  }

  /** A wrong call throws synchronously, so that the error is not lost in a promise that is not awaited. */
  #write(block: Uint8Array): Promise<void> {
    if (this.#phase === 'over') {
      throw new WSGIError('write() was called after the response had ended.', 'The write() Callable');
    }
    const head = this.#requireHead();
    const room = this.#room(head);
    const found = this.#bytesSent + checkBlock(block).length;
    const sent = this.#sendWritten(head, block.subarray(0, room));
    // A caller that awaits it is notified of the disconnect. Without an `await`, the rejection must not end the process.
    sent.catch(() => {});
    if (block.length > room) throw lengthMismatch(head, found);
    return sent;
  }

  async #sendWritten(head: ResponseHead, block: Uint8Array): Promise<void> {
    if (this.#phase === 'called') this.#sendHead(head, undefined);
    if (block.length > 0 && this.#hasBody(head)) await this.#sendBlock(block);
  }

  #sendBlock(block: Uint8Array): void | Promise<void> {
    this.#bytesSent += block.length;
    return this.#transport.write(block);
  }

  async #sendFitting(head: ResponseHead, block: Uint8Array): Promise<never> {
    const found = this.#bytesSent + block.length;
    const room = this.#room(head);
    if (room > 0) await this.#sendBlock(block.subarray(0, room));
    throw lengthMismatch(head, found);
  }

  #sendHead(head: ResponseHead, bodyLength: number | undefined): void {
    this.#transport.start(head.status, head.reason, this.#headersToSend(head, bodyLength));
    this.#phase = 'sending';
  }

  #headersToSend(
    { status, headers, contentLength }: ResponseHead,
    bodyLength: number | undefined,
  ): readonly Header[] {
    if (contentLength !== undefined) {
      if (!isLengthless(status)) return headers;
      return headers.filter(([name]) => name.toLowerCase() !== 'content-length');
    }
    if (bodyLength === undefined || isBodyless(status)) return headers;
    // An empty body for HEAD does not mean that GET has length 0.
    if (this.#isHeadRequest && bodyLength === 0) return headers;
    return [...headers, ['Content-Length', String(bodyLength)]];
  }

  #hasBody(head: ResponseHead): boolean {
    return !this.#isHeadRequest && !isBodyless(head.status);
  }

  /** The number of further bytes that Content-Length allows. */
  #room(head: ResponseHead): number {
    if (head.contentLength === undefined || !this.#hasBody(head)) return Number.POSITIVE_INFINITY;
    return head.contentLength - this.#bytesSent;
  }

  #requireHead(): ResponseHead {
    if (this.#head !== undefined) return this.#head;
    throw new WSGIError(
      'The application returned its body, but had not called startResponse(status, headers). ' +
        'Call it before the first block.',
      START_RESPONSE,
    );
  }
}

function onlyBlock(response: unknown): Uint8Array | string | undefined {
  if (response instanceof TextBody) return response.text;
  if (!Array.isArray(response) || response.length !== 1) return undefined;
  const block: unknown = response[0];
  return block instanceof Uint8Array ? block : undefined;
}

function badExcInfo(excInfo: unknown): WSGIError {
  return new WSGIError(
    `excInfo is an array of one, [error], but startResponse() got ${describe(excInfo)}.`,
    'Error Handling',
  );
}

function lengthMismatch(head: ResponseHead, found: number): WSGIError {
  const isLonger = found > (head.contentLength ?? 0);
  return new WSGIError(
    `Content-Length promised ${head.contentLength} bytes, and the body has ${found}${isLonger ? ' or more' : ''}. ` +
      'Count bytes, not characters, or leave Content-Length out.',
    'Handling the Content-Length Header',
  );
}
