import type { Socket } from 'node:net';
import type { TypeProblem } from '../../types/tsc-output.ts';
import type { ReadyConnection } from '../first-bytes-listener.ts';
import type { ActionOf, EditorRequests } from './editor-requests.ts';
import { Endpoint, reply } from './endpoint.ts';
import type { Fields } from './request-head.ts';

/** The path on which pages wait for the next generation. The arbiter answers it, so the connection survives reloads. */
export const LIVE_RELOAD_PATH = '/__startproject__/live';

/** The time after which a browser connects again when the server was stopped. */
const RETRY_MS = 500;

/** The maximum number of open pages. Further pages do not reload automatically. */
const MAX_PAGES = 500;

/** A page that leaves more bytes unread is disconnected. The limit is enough for thousands of generations. */
const MAX_UNREAD_BYTES = 65_536;

/** The number of type errors that a page shows; the terminal shows all. */
const MOST_PROBLEMS = 20;
const LONGEST_PROBLEM = 400;

/** Tells open pages by server-sent events which generation answers now. */
export class LiveReload extends Endpoint {
  /** The open pages. The function makes the URL that opens a place in the editor. */
  readonly #pages = new Map<Socket, ActionOf | undefined>();
  readonly #waiting = new Set<Socket>();
  readonly #editor: Pick<EditorRequests, 'actionsFor'> | undefined;
  #generation: string | undefined;
  /**
   * The number of changes of stylesheets. A page that was not connected for a while compares it with the number that it
   * knows.
   */
  #styles = 0;
  #types: readonly TypeProblem[] | undefined;

  /**
   * @param maxHeadBytes The limit for the head of a request.
   * @param editor Opens places. @default pages show places without a link
   */
  constructor(maxHeadBytes?: number, editor?: Pick<EditorRequests, 'actionsFor'>) {
    super(`GET ${LIVE_RELOAD_PATH} `, maxHeadBytes);
    this.#editor = editor;
  }

  /** Answers a page when the head of its request is complete, and keeps the connection open. */
  accept({ socket, head, resume }: ReadyConnection): void {
    resume();
    this.#waiting.add(socket);
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#pages.delete(socket);
    });
    socket.once('end', () => socket.destroy());
    if (this.#waiting.size + this.#pages.size > MAX_PAGES) {
      reply(socket, 503);
      return;
    }
    this.readRequest(socket, head, (fields) => this.#keep(socket, fields));
  }

  /** Called when a generation is ready to answer. Pages of other generations then reload. */
  announce(generation: string): void {
    this.#generation = generation;
    this.#tell(() => event(generation));
  }

  /** Called when a stylesheet has changed. Pages then load their stylesheets again. */
  announceStyles(): void {
    this.#styles += 1;
    this.#tell(() => stylesEvent(this.#styles));
  }

  /** Called with all type errors. Pages show their number. */
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
    this.#waiting.delete(socket);
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
