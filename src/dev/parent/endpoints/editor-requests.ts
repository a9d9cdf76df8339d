import { randomBytes, timingSafeEqual } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { SourceLocation } from '../../../errors.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import { Endpoint, reply } from './endpoint.ts';
import type { Fields } from './request-head.ts';

const EDITOR_PATH = '/__startproject__/editor';

/** A proxy on this machine connects from loopback for any client. */
const PROXY_FIELDS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

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
export class EditorRequests extends Endpoint {
  readonly #token = randomBytes(18).toString('base64url');
  /** What the forms of error pages, and only those, post to; `&place=` is added. */
  readonly action = `${EDITOR_PATH}?token=${this.#token}`;
  readonly #options: EditorRequestsOptions;

  constructor(options: EditorRequestsOptions) {
    super(`POST ${EDITOR_PATH}?`);
    this.#options = options;
  }

  /** What gives the URL that opens a place, `mysite/urls.ts:4:3`, where a client may have that; undefined where not. */
  actionsFor(socket: Socket, fields: Fields): ActionOf | undefined {
    if (!isLoopback(socket.remoteAddress) || isProxied(fields)) return undefined;
    return (place) => `${this.action}&place=${encodeURIComponent(path.resolve(this.#options.root, place))}`;
  }

  accept({ socket, head, resume }: ReadyConnection): void {
    resume();
    socket.once('end', () => socket.end());
    this.readRequest(socket, head, (fields, whole) => void this.#answer(socket, fields, whole));
  }

  async #answer(socket: Socket, fields: Fields, head: string): Promise<void> {
    const [, target = ''] = head.split(' ', 2);
    const query = new URLSearchParams(target.slice(EDITOR_PATH.length));
    if (!this.#isAllowed(socket, fields, query.get('token') ?? '')) return reply(socket, 403);
    const place = projectFile(query.get('place') ?? '', this.#options.root);
    if (place === undefined) return reply(socket, 404, 'This is not a file of the project.');
    const failure = await this.#options.openFile(place);
    if (failure === undefined) return reply(socket, 204);
    this.#options.onNotice(failure);
    reply(socket, 503, failure);
  }

  #isAllowed(socket: Socket, fields: Fields, token: string): boolean {
    return (
      isLoopback(socket.remoteAddress) &&
      !isProxied(fields) &&
      (fields.has('sec-fetch-site') || fields.has('origin')) &&
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
