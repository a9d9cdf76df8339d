import type { Socket } from 'node:net';

/** Where a page asks to be told of the next generation. The arbiter answers, so that reloads do not cut it off. */
export const LIVE_RELOAD_PATH = '/__startproject__/live';

/** How soon a browser asks again when the server was away. */
const RETRY_MS = 500;

/** Tells the open pages, by server-sent events, which generation answers now. */
export class LiveReload {
  readonly #pages = new Set<Socket>();
  #generation: string | undefined;

  /** Whether a connection asks for events. */
  claims(head: Buffer): boolean {
    return head.toString('latin1', 0, 4 + LIVE_RELOAD_PATH.length + 1) === `GET ${LIVE_RELOAD_PATH} `;
  }

  /** Answers such a connection, and keeps it. */
  accept(socket: Socket, head: Buffer): void {
    const text = head.toString('latin1');
    if (!isSameOrigin(text)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    socket.write(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n' +
        `retry: ${RETRY_MS}\n\n`,
    );
    this.#pages.add(socket);
    socket.once('close', () => this.#pages.delete(socket));
    socket.once('end', () => socket.destroy());
    if (this.#generation !== undefined) socket.write(event(this.#generation));
  }

  /** A generation is ready to answer: pages of another one reload. */
  announce(generation: string): void {
    this.#generation = generation;
    for (const socket of this.#pages) socket.write(event(generation));
  }

  close(): void {
    for (const socket of this.#pages) socket.destroy();
  }
}

function event(generation: string): string {
  return `data: ${generation}\n\n`;
}

/** Browsers name the page's origin for requests to another one, and do not let scripts change these headers. */
function isSameOrigin(head: string): boolean {
  const [host, origin, site] = ['host', 'origin', 'sec-fetch-site'].map((name) => headerOf(head, name));
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `http://${host}`;
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}:[ \\t]*([^\\r\\n]*?)[ \\t]*\\r\\n`, 'i').exec(head)?.[1];
}
