import type { ServerResponse } from 'node:http';
import { canGiveHead, giveHead } from '../../node-internals/response-head.ts';
import { isBodyless } from '../../wsgi/bodyless-status.ts';
import type { Header } from '../../wsgi/types.ts';

/**
 * Makes the heads of a server's responses as `writeHead()` does, byte by byte, and faster: names and values
 * were checked before, and what is the same for a second is made once a second.
 */
export class ResponseHeads {
  readonly #keepAlive: string;
  #end: string | undefined;

  /** @param keepAliveTimeoutMs how long the server keeps an idle connection */
  constructor(keepAliveTimeoutMs: number) {
    const seconds = Math.floor(keepAliveTimeoutMs / 1_000);
    const hint = keepAliveTimeoutMs === 0 ? '' : `Keep-Alive: timeout=${seconds}\r\n`;
    this.#keepAlive = `Connection: keep-alive\r\n${hint}\r\n`;
  }

  /**
   * Gives a response its head, when it is of the common kind: of a known length, on a connection that is kept.
   *
   * @param headers as `startResponse()` has checked them
   * @returns false when the head is left to `writeHead()`
   */
  give(response: ServerResponse, status: number, reason: string, headers: readonly Header[]): boolean {
    if (!canGiveHead(response) || !response.shouldKeepAlive || isBodyless(status)) return false;
    let head = `HTTP/1.1 ${status} ${reason}\r\n`;
    let hasLength = false;
    for (const [name, value] of headers) {
      if (isNamed(name, 'date')) return false;
      hasLength ||= isNamed(name, 'content-length');
      head += `${name}: ${value}\r\n`;
    }
    if (!hasLength) return false;
    giveHead(response, status, reason, head + this.#endNow());
    return true;
  }

  /** What all heads end with until the next second begins. Asking the clock would take as long as all the rest. */
  #endNow(): string {
    if (this.#end === undefined) {
      const now = new Date();
      this.#end = `Date: ${now.toUTCString()}\r\n${this.#keepAlive}`;
      setTimeout(() => {
        this.#end = undefined;
      }, 1_000 - now.getMilliseconds()).unref();
    }
    return this.#end;
  }
}

/** Without the conversion of each name, which V8 leaves to C++. */
function isNamed(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}
