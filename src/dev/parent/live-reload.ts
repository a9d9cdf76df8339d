import type { Socket } from 'node:net';
import { domainOf } from '../../text/host-names.ts';
import type { TypeProblem } from '../types/tsc-output.ts';
import type { ActionOf, EditorRequests } from './editor/editor-requests.ts';
import type { ReadyConnection } from './first-bytes-listener.ts';
import { readHead } from './read-head.ts';
import { type Fields, isOwnHost, isSameOrigin, parseFields } from './request-head.ts';

/** The path on which pages wait for the next generation. The arbiter answers it, so that reloads do not break the connection. */
export const LIVE_RELOAD_PATH = '/__startproject__/live';

const CLAIM = Buffer.from(`GET ${LIVE_RELOAD_PATH} `);

/** How soon a browser asks again when the server was away. */
const RETRY_MS = 500;

/** More pages than anybody has open: those beyond do not reload by themselves. */
const MAX_PAGES = 500;

/** How many bytes a page may leave unread before it is disconnected: thousands of generations. */
const MAX_UNREAD_BYTES = 65_536;

/** What a page shows of the errors of types; the terminal has more. */
const MOST_PROBLEMS = 20;
const LONGEST_PROBLEM = 400;

/** The default limit of the servers. */
const MAX_HEAD_BYTES = 65_536;

const REASONS = {
  400: 'Bad Request',
  403: 'Forbidden',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** Notifies open pages, by server-sent events, of the generation that answers now. */
export class LiveReload {
  /** The open pages, each with the function that makes the URL of a place for the editor. */
  readonly #pages = new Map<Socket, ActionOf | undefined>();
  readonly #waiting = new Set<Socket>();
  readonly #maxHeadBytes: number;
  readonly #editor: Pick<EditorRequests, 'actionsFor'> | undefined;
  #allowedHosts: readonly string[] = [];
  #generation: string | undefined;
  /** How many times a stylesheet has changed. A page that did not listen for a while compares. */
  #styles = 0;
  #types: readonly TypeProblem[] | undefined;

  /**
   * @param maxHeadBytes How long the head of a request may be.
   * @param editor Opens places. @default pages only name them
   */
  constructor(maxHeadBytes = MAX_HEAD_BYTES, editor?: Pick<EditorRequests, 'actionsFor'>) {
    this.#editor = editor;
    this.#maxHeadBytes = Math.max(maxHeadBytes, MAX_HEAD_BYTES);
  }

  /** Whether a connection asks for events. */
  claims(head: Buffer): boolean {
    return head.subarray(0, CLAIM.length).equals(CLAIM);
  }

  /** Whether these first bytes are too few to tell. */
  mayClaim(head: Buffer): boolean {
    return head.length < CLAIM.length && head.equals(CLAIM.subarray(0, head.length));
  }

  /** Answers such a connection when its head has come, and keeps it. */
  accept({ socket, head, resume }: ReadyConnection): void {
    resume();
    this.#waiting.add(socket);
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#pages.delete(socket);
    });
    socket.once('end', () => socket.destroy());
    if (this.#waiting.size + this.#pages.size > MAX_PAGES) {
      refuse(socket, 503);
      return;
    }
    readHead(socket, head, this.#maxHeadBytes, (whole) => {
      this.#waiting.delete(socket);
      const fields = typeof whole === 'string' ? parseFields(whole) : undefined;
      const status = typeof whole === 'string' ? this.#check(fields) : whole;
      if (status === undefined) this.#keep(socket, fields!);
      else refuse(socket, status);
    });
  }

  /** A site was loaded that answers to these hosts. */
  allowHosts(hosts: readonly string[]): void {
    this.#allowedHosts = hosts.map((host) => host.toLowerCase());
  }

  /** A generation is ready to answer: pages of another one reload. */
  announce(generation: string): void {
    this.#generation = generation;
    this.#tell(() => event(generation));
  }

  /** A stylesheet has another content: pages fetch theirs anew. */
  announceStyles(): void {
    this.#styles += 1;
    this.#tell(() => stylesEvent(this.#styles));
  }

  /** These are the errors of types: pages show how many there are. */
  announceTypes(problems: readonly TypeProblem[]): void {
    this.#types = problems;
    this.#tell((actionOf) => typesEvent(problems, actionOf));
  }

  close(): void {
    for (const socket of [...this.#pages.keys(), ...this.#waiting]) socket.destroy();
  }

  #tell(textFor: (actionOf: ActionOf | undefined) => string): void {
    for (const [socket, actionOf] of this.#pages) {
      if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
      else socket.write(textFor(actionOf));
    }
  }

  #keep(socket: Socket, fields: Fields): void {
    socket.write(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n' +
        `retry: ${RETRY_MS}\n\n`,
    );
    const actionOf = this.#editor?.actionsFor(socket, fields);
    this.#pages.set(socket, actionOf);
    if (this.#generation !== undefined) socket.write(event(this.#generation));
    socket.write(stylesEvent(this.#styles));
    if (this.#types !== undefined) socket.write(typesEvent(this.#types, actionOf));
  }

  /** Returns the status that refuses such a request, if any. */
  #check(fields: Fields | undefined): 400 | 403 | undefined {
    const host = fields?.get('host');
    const domain = host === undefined ? undefined : domainOf(host);
    if (fields === undefined || domain === undefined) return 400;
    return isOwnHost(domain, this.#allowedHosts) && isSameOrigin(fields, host!) ? undefined : 403;
  }
}

function refuse(socket: Socket, status: keyof typeof REASONS): void {
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () =>
    socket.destroySoon(),
  );
}

function event(generation: string): string {
  return `data: ${generation}\n\n`;
}

function typesEvent(problems: readonly TypeProblem[], actionOf: ActionOf | undefined): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ place, code, message }) => ({
    place: place ?? '',
    text: `${code} ${message}`.slice(0, LONGEST_PROBLEM),
    action: place && actionOf?.(place),
  }));
  return `event: types\ndata: ${JSON.stringify({ count: problems.length, problems: shown })}\n\n`;
}

function stylesEvent(count: number): string {
  return `event: styles\ndata: ${count}\n\n`;
}
