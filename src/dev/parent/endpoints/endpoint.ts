import type { Socket } from 'node:net';
import { domainOf } from '../../../text/host-names.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import { readHead } from './read-head.ts';
import { type Fields, isOwnHost, isSameOrigin, parseFields } from './request-head.ts';

/** The default limit of the servers. */
const MAX_HEAD_BYTES = 65_536;

/** `node:http` has these too, and the arbiter does not load it. */
const REASONS = {
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** A path that the arbiter answers itself, for the site's own pages: without user code, and whatever is loading. */
export abstract class Endpoint {
  readonly #start: Buffer;
  readonly #maxHeadBytes: number;
  #allowedHosts: readonly string[] = [];

  /**
   * @param start How its requests begin: the method, and the path with what ends it.
   * @param maxHeadBytes How long the head of a request may be; at least what the servers allow by default.
   */
  constructor(start: string, maxHeadBytes = MAX_HEAD_BYTES) {
    this.#start = Buffer.from(start);
    this.#maxHeadBytes = Math.max(maxHeadBytes, MAX_HEAD_BYTES);
  }

  /** Answers a connection that it claims. */
  abstract accept(connection: ReadyConnection): void;

  /** Whether a connection's request is for it. */
  claims(head: Buffer): boolean {
    return head.subarray(0, this.#start.length).equals(this.#start);
  }

  /** Whether these first bytes are too few to tell. */
  mayClaim(head: Buffer): boolean {
    return head.length < this.#start.length && head.equals(this.#start.subarray(0, head.length));
  }

  /** A site was loaded that answers to these hosts. */
  allowHosts(hosts: readonly string[]): void {
    this.#allowedHosts = hosts.map((host) => host.toLowerCase());
  }

  /** Reads the head of a request. One that is malformed or too long, or that a page of another site sent, is refused. */
  protected readRequest(
    socket: Socket,
    first: Buffer,
    onRequest: (fields: Fields, head: string) => void,
  ): void {
    readHead(socket, first, this.#maxHeadBytes, (head) => {
      if (typeof head !== 'string') return reply(socket, head);
      const fields = parseFields(head);
      const host = fields?.get('host') ?? '';
      const domain = domainOf(host);
      if (fields === undefined || domain === undefined) return reply(socket, 400);
      if (!isOwnHost(domain, this.#allowedHosts) || !isSameOrigin(fields, host)) return reply(socket, 403);
      onRequest(fields, head);
    });
  }
}

/** With 204 the browser stays on the page. */
export function reply(socket: Socket, status: keyof typeof REASONS, text = ''): void {
  const body = text === '' ? '' : `${text}\n`;
  const length = status === 204 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n${length}` +
      `Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
}
