import type { Socket } from 'node:net';
import { domainOf } from '../../../text/host-names.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import { readHead } from './read-head.ts';
import { type Fields, isOwnHost, isSameOrigin, parseFields } from './request-head.ts';

/** The default limit of the servers. */
const MAX_HEAD_BYTES = 65_536;

/** `node:http` has these texts too, but the arbiter does not load it. */
const REASONS = {
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/**
 * A path that the arbiter answers itself, for the site's own pages. No user code runs for it, and it works during a
 * load.
 */
export abstract class Endpoint {
  readonly #start: Buffer;
  readonly #maxHeadBytes: number;
  #allowedHosts: readonly string[] = [];

  /**
   * @param start The beginning of its requests: the method and the path, with the character after it.
   * @param maxHeadBytes The limit for the head of a request. It is at least the servers' default limit.
   */
  constructor(start: string, maxHeadBytes = MAX_HEAD_BYTES) {
    this.#start = Buffer.from(start);
    this.#maxHeadBytes = Math.max(maxHeadBytes, MAX_HEAD_BYTES);
  }

  /** Answers a connection whose request is for this endpoint. */
  abstract accept(connection: ReadyConnection): void;

  /** Whether these first bytes belong to a request for this endpoint. */
  claims(head: Buffer): boolean {
    return head.subarray(0, this.#start.length).equals(this.#start);
  }

  /** Whether there are too few bytes to decide. */
  mayClaim(head: Buffer): boolean {
    return head.length < this.#start.length && head.equals(this.#start.subarray(0, head.length));
  }

  /** Called when a site with these allowed hosts has been loaded. */
  allowHosts(hosts: readonly string[]): void {
    this.#allowedHosts = hosts.map((host) => host.toLowerCase());
  }

  /**
   * Reads the head of a request. A request is refused if its head is malformed or too long, or if a page of another
   * site has sent it.
   */
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

/** Sends a response. After the status 204, the browser stays on the page. */
export function reply(socket: Socket, status: keyof typeof REASONS, text = ''): void {
  const body = text === '' ? '' : `${text}\n`;
  const length = status === 204 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n${length}` +
      `Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
}
