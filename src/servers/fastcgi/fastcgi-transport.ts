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

/**
 * The limit for the part of `wsgi.errors` that is sent to the web server, for each request. nginx logs 2 KiB of an
 * entry, and keeps everything in the buffer for the response head.
 */
const MOST_ERROR_BYTES = 16 * 1024;
const ERROR_RECORD_BYTES = 2 * 1024;

/**
 * Sent after the last response on a connection that the web server would keep. FastCGI has no message for the end of a
 * connection, and a web server may send the next request before it notices the end; nginx does not repeat a POST in
 * that case. But nginx does not reuse a connection with more data to read (in ngx_http_fastcgi_module.c, the padding of
 * FCGI_END_REQUEST). Other web servers ignore a management record without content.
 */
const FAREWELL = recordHead(GET_VALUES_RESULT, 0, 0);

/** The part of a connection that a FastCGI request uses, besides the part for all protocols. */
export interface FastCgiRequestConnection extends RequestConnection {
  readonly socket: Socket;
  readonly sendErrors: boolean;
  /** Whether the connection ends with the current response although the web server would keep it. */
  readonly endsWithResponse: boolean;
  /** Called when the response is sent completely. The request's id can then be used again. */
  responded(transport: FastCgiTransport): void;
}

/** A request by FastCGI and its response. */
export class FastCgiTransport extends GatewayTransport {
  declare readonly connection: FastCgiRequestConnection;
  readonly id: number;
  /** Whether the web server wants to keep the connection. */
  readonly keepsConnection: boolean;
  /** The encoded variables, until all have arrived. */
  params: StreamBytes | undefined = new StreamBytes();
  #errorBytes = 0;

  constructor(connection: FastCgiRequestConnection, id: number, keepsConnection: boolean) {
    super(connection);
    this.id = id;
    this.keepsConnection = keepsConnection;
  }

  /** Also sends `wsgi.errors` to the web server, since administrators read its log. */
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

  /** Sends a block without copying it. */
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

  /** The records that end the streams and the request. */
  #end(): string {
    const errors = this.#errorBytes > 0 ? record(STDERR, this.id, '') : '';
    const farewell = this.keepsConnection && this.connection.endsWithResponse ? FAREWELL : '';
    return errors + record(STDOUT, this.id, '') + endRequest(this.id, 0, REQUEST_COMPLETE) + farewell;
  }
}
