import type { Socket } from 'node:net';
import { latin1Text } from '../../text/latin1-text.ts';
import type { Header, WSGIErrors } from '../../wsgi/types.ts';
import { GatewayTransport, type RequestConnection } from '../gateway/gateway-transport.ts';
import { cgiResponseHead } from '../gateway/response-head.ts';
import { SMALL_BLOCK_BYTES } from '../server-transport.ts';
import {
  endRequest,
  GET_VALUES_RESULT,
  MOST_CONTENT,
  REQUEST_COMPLETE,
  record,
  recordHead,
  STDERR,
  STDOUT,
  stderrRecord,
} from './records.ts';
import { SharedErrors } from './shared-errors.ts';
import { StreamBytes } from './stream-bytes.ts';

/** What the web server gets of `wsgi.errors`, for each request. nginx logs 2 KiB of an entry, and holds all in the buffer of the head. */
const MOST_ERROR_BYTES = 16 * 1024;
const ERROR_RECORD_BYTES = 2 * 1024;

/**
 * What a kept connection has after its last response. FastCGI has no word for that, and a web server may send the next request
 * before it sees the end: nginx asks no second time for a POST. A connection that has more to read, it does not use again (in
 * ngx_http_fastcgi_module.c, the padding of FCGI_END_REQUEST). A management record without content means nothing to others.
 */
const FAREWELL = recordHead(GET_VALUES_RESULT, 0, 0);

/** What a request needs of its connection, beside what all protocols need. */
export interface FastCgiRequestConnection extends RequestConnection {
  readonly socket: Socket;
  readonly sendErrors: boolean;
  /** Whether it ends with the response that is sent now, though the web server would keep it. */
  readonly endsWithResponse: boolean;
  /** All of the response is sent, and its id is free. */
  responded(transport: FastCgiTransport): void;
}

/** A request by FastCGI and its response. */
export class FastCgiTransport extends GatewayTransport {
  declare readonly connection: FastCgiRequestConnection;
  readonly id: number;
  /** The web server keeps the connection. */
  readonly keepsConnection: boolean;
  /** The variables as they came, until all have come. */
  params: StreamBytes | undefined = new StreamBytes();
  #errorBytes = 0;

  constructor(connection: FastCgiRequestConnection, id: number, keepsConnection: boolean) {
    super(connection);
    this.id = id;
    this.keepsConnection = keepsConnection;
  }

  /** `wsgi.errors` goes to the web server as well: its administrator looks there. */
  override errorsBeside(log: WSGIErrors): WSGIErrors {
    return this.connection.sendErrors ? new SharedErrors(log, this) : log;
  }

  sendError(text: string): void {
    const room = MOST_ERROR_BYTES - this.#errorBytes;
    if (this.isOver || room <= 0) return;
    const bytes = Buffer.from(text).subarray(0, room);
    this.#errorBytes += bytes.length;
    let records = '';
    for (let at = 0; at < bytes.length; at += ERROR_RECORD_BYTES)
      records += stderrRecord(this.id, bytes.toString('latin1', at, at + ERROR_RECORD_BYTES));
    this.connection.socket.write(records, 'latin1');
  }

  protected headOf(status: number, reason: string, headers: readonly Header[]): string {
    return cgiResponseHead(status, reason, headers);
  }

  protected send(head: string, block: Uint8Array | string | undefined, isLast: boolean): void {
    const { socket } = this.connection;
    const length = head.length + (block?.length ?? 0);
    const end = isLast ? this.#end() : '';
    if (length <= SMALL_BLOCK_BYTES) {
      const text = head + (block instanceof Uint8Array ? latin1Text(block) : (block ?? ''));
      socket.write((length > 0 ? record(STDOUT, this.id, text) : '') + end, 'latin1');
    } else {
      socket.cork();
      this.#sendText(head);
      if (block instanceof Uint8Array) this.#sendBytes(block);
      else if (block !== undefined) this.#sendText(block);
      if (isLast) socket.write(end, 'latin1');
      socket.uncork();
    }
    if (isLast) this.connection.responded(this);
  }

  /** A block is sent as it is, without a copy. */
  #sendBytes(block: Uint8Array): void {
    const { socket } = this.connection;
    for (let at = 0; at < block.length; at += MOST_CONTENT) {
      const content = block.subarray(at, at + MOST_CONTENT);
      socket.write(recordHead(STDOUT, this.id, content.length), 'latin1');
      socket.write(content);
    }
  }

  #sendText(text: string): void {
    for (let at = 0; at < text.length; at += MOST_CONTENT)
      this.connection.socket.write(record(STDOUT, this.id, text.slice(at, at + MOST_CONTENT)), 'latin1');
  }

  /** The ends of the streams, and of the request. */
  #end(): string {
    const errors = this.#errorBytes > 0 ? record(STDERR, this.id, '') : '';
    const farewell = this.keepsConnection && this.connection.endsWithResponse ? FAREWELL : '';
    return errors + record(STDOUT, this.id, '') + endRequest(this.id, 0, REQUEST_COMPLETE) + farewell;
  }
}
