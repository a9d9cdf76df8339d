import { randomBytes, timingSafeEqual } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { SourceLocation } from '../../../errors.ts';
import { domainOf } from '../../../text/host-names.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import { readHead } from '../read-head.ts';
import { type Fields, isOwnHost, isSameOrigin, parseFields } from '../request-head.ts';

const EDITOR_PATH = '/__startproject__/editor';

const CLAIM = Buffer.from(`POST ${EDITOR_PATH}?`);
const MAX_HEAD_BYTES = 65_536;

/** A proxy on this machine connects from loopback for any client. */
const PROXY_FIELDS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

const REASONS = {
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

type Status = keyof typeof REASONS;

export type ActionOf = (place: string) => string;

interface EditorRequestsOptions {
  /** The folder whose files may be opened. */
  readonly root: string;
  /** Returns why a file cannot be opened. */
  openFile(place: SourceLocation): Promise<string | undefined>;
  onNotice(text: string): void;
}

/**
 * Opens a place of an error page in the developer's editor. A program is started only for a client on this machine,
 * that has the token of a page, from the page's own origin, for a file of the project.
 */
export class EditorRequests {
  readonly #token = randomBytes(18).toString('base64url');
  /** What the forms of error pages, and only those, post to; `&place=` is added. */
  readonly action = `${EDITOR_PATH}?token=${this.#token}`;
  readonly #options: EditorRequestsOptions;
  #allowedHosts: readonly string[] = [];

  constructor(options: EditorRequestsOptions) {
    this.#options = options;
  }

  /** Whether a connection asks for an editor. */
  claims(head: Buffer): boolean {
    return head.subarray(0, CLAIM.length).equals(CLAIM);
  }

  /** Whether these first bytes are too few to tell. */
  mayClaim(head: Buffer): boolean {
    return head.length < CLAIM.length && head.equals(CLAIM.subarray(0, head.length));
  }

  /** A site was loaded that answers to these hosts. */
  allowHosts(hosts: readonly string[]): void {
    this.#allowedHosts = hosts.map((host) => host.toLowerCase());
  }

  /** What gives the URL that opens a place, `mysite/urls.ts:4:3`, where a client may have that; undefined where not. */
  actionsFor(socket: Socket, fields: Fields): ActionOf | undefined {
    if (!isLoopback(socket.remoteAddress) || isProxied(fields)) return undefined;
    return (place) => `${this.action}&place=${encodeURIComponent(path.resolve(this.#options.root, place))}`;
  }

  accept({ socket, head, resume }: ReadyConnection): void {
    resume();
    socket.once('end', () => socket.end());
    readHead(socket, head, MAX_HEAD_BYTES, (whole) => {
      if (typeof whole === 'string') void this.#answer(socket, whole);
      else reply(socket, whole);
    });
  }

  async #answer(socket: Socket, head: string): Promise<void> {
    const [, target = ''] = head.split(' ', 2);
    const query = new URLSearchParams(target.slice(EDITOR_PATH.length));
    const fields = parseFields(head);
    if (fields === undefined) return reply(socket, 400);
    if (!this.#isAllowed(socket, fields, query.get('token') ?? '')) return reply(socket, 403);
    const place = projectFile(query.get('place') ?? '', this.#options.root);
    if (place === undefined) return reply(socket, 404, 'This is not a file of the project.');
    const failure = await this.#options.openFile(place);
    if (failure === undefined) return reply(socket, 204);
    this.#options.onNotice(failure);
    reply(socket, 503, failure);
  }

  #isAllowed(socket: Socket, fields: Fields, token: string): boolean {
    const host = fields.get('host') ?? '';
    const domain = domainOf(host);
    return (
      isLoopback(socket.remoteAddress) &&
      !isProxied(fields) &&
      domain !== undefined &&
      isOwnHost(domain, this.#allowedHosts) &&
      (fields.has('sec-fetch-site') || fields.has('origin')) &&
      isSameOrigin(fields, host) &&
      isSameText(token, this.#token)
    );
  }
}

/** Only a file of the project, hidden ones excepted: a path may have links and `..`. */
function projectFile(text: string, root: string): SourceLocation | undefined {
  const [, file, line, column] = /^(.+?):(\d{1,9})(?::(\d{1,9}))?$/s.exec(text) ?? [];
  if (file === undefined || !path.isAbsolute(file)) return undefined;
  try {
    const real = realpathSync(file);
    const relative = path.relative(realpathSync(root), real);
    const isHidden = relative.split(path.sep).some((name) => name.startsWith('.')); // `..` as well
    if (path.isAbsolute(relative) || isHidden || !statSync(real).isFile()) return undefined;
    return { file: real, line: Number(line), column: Number(column ?? 1) };
  } catch {
    return undefined; // It is not there.
  }
}

function isProxied(fields: Fields): boolean {
  return PROXY_FIELDS.some((name) => fields.has(name));
}

function isLoopback(address = ''): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === '::1';
}

function isSameText(given: string, expected: string): boolean {
  const [first, second] = [Buffer.from(given), Buffer.from(expected)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** With 204 the browser stays on the page. */
function reply(socket: Socket, status: Status, text = ''): void {
  const body = text === '' ? '' : `${text}\n`;
  const length = status === 204 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n${length}` +
      `Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
}
