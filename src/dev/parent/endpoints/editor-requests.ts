import { randomBytes, timingSafeEqual } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { SourceLocation } from '../../../errors.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import { Endpoint, reply } from './endpoint.ts';
import type { Fields } from './request-head.ts';

const EDITOR_PATH = '/__startproject__/editor';

/** A proxy on this machine connects from a loopback address for any client. Its requests have one of these headers. */
const PROXY_FIELDS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

export type ActionOf = (place: string) => string;

interface EditorRequestsOptions {
  /** The folder whose files may be opened. */
  readonly root: string;
  /** Opens a place. @returns the reason if it cannot be opened. */
  openFile(place: SourceLocation): Promise<string | undefined>;
  onNotice(text: string): void;
}

/**
 * Opens a place from an error page in the developer's editor. It starts a program only under these conditions: the
 * client is on this machine, has the token of an error page, and sends the request from the page's own origin, and the
 * file belongs to the project.
 */
export class EditorRequests extends Endpoint {
  readonly #token = randomBytes(18).toString('base64url');
  /** The URL to which the forms of error pages post, with `&place=` added. Only error pages contain it. */
  readonly action = `${EDITOR_PATH}?token=${this.#token}`;
  readonly #options: EditorRequestsOptions;

  constructor(options: EditorRequestsOptions) {
    super(`POST ${EDITOR_PATH}?`);
    this.#options = options;
  }

  /**
   * Returns a function that makes the URL for a place such as `mysite/urls.ts:4:3`. Undefined for a client that may not
   * have such URLs.
   */
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

/**
 * The location of a file of the project, except hidden files. The real path decides: the given path may contain links
 * and `..`.
 */
function projectFile(text: string, root: string): SourceLocation | undefined {
  const [, file, line, column] = /^(.+?):(\d{1,9})(?::(\d{1,9}))?$/s.exec(text) ?? [];
  if (file === undefined || !path.isAbsolute(file)) return undefined;
  try {
    const real = realpathSync(file);
    const relative = path.relative(realpathSync(root), real);
    const isHidden = relative.split(path.sep).some((name) => name.startsWith('.')); // This is also true for `..`.
    if (path.isAbsolute(relative) || isHidden || !statSync(real).isFile()) return undefined;
    return { file: real, line: Number(line), column: Number(column ?? 1) };
  } catch {
    return undefined; // The file does not exist.
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
