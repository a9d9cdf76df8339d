import type { ServerResponse } from 'node:http';
import { canGiveHead, giveHead } from '../../node-internals/response-head.ts';
import { isBodyless } from '../../wsgi/bodyless-status.ts';
import type { Header } from '../../wsgi/types.ts';

/**
 * Makes response heads with the same bytes as `writeHead()`, but faster: names and values were already checked, and the
 * parts that stay the same for a second are made once per second.
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
   * Sets the head of a response of the common kind: with a known length, on a persistent connection.
   *
   * @param headers as checked by `startResponse()`
   * @returns false if `writeHead()` must make the head
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

  /**
   * The common end of all heads in the current second. Reading the clock would take as long as everything else here.
   */
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

/** Compares names without converting each to lower case, which calls C++ code in V8. */
function isNamed(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}
