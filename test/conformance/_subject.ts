import type { WSGIApplication } from '../../src/wsgi/types.ts';

/**
 * What not every subject can do.
 *
 * - `wire`: it takes bytes from a socket, at `Served.port`. Not so what is given a `Request`.
 * - `keepAlive`: it answers several requests on a connection.
 * - `log`: what is written to `wsgi.errors`, and the errors of applications, are in `Served.log()`.
 * - `node`: it runs in Node, with a file system.
 */
export type Capability = 'wire' | 'keepAlive' | 'log' | 'node';

/**
 * A server or an adapter that the conformance suite is run against. To add one, write a test file:
 *
 * @example
 *     testConformance({
 *       name: 'my server',
 *       lacks: { keepAlive: 'it closes each connection' },
 *       async serve(application) {
 *         const log: string[] = [];
 *         const server = await myServer(application, { onLog: (text) => log.push(text) });
 *         return {
 *           url: `http://127.0.0.1:${server.port}/`,
 *           port: server.port,
 *           log: () => log.join(''),
 *           close: () => server.close(),
 *         };
 *       },
 *     });
 */
export interface Subject {
  readonly name: string;
  /** What it can't do, each with the reason, which the skipped tests show. */
  readonly lacks: Readonly<Partial<Record<Capability, string>>>;
  /**
   * Serves an application, once for the whole suite. What runs in a process of its own serves the `application` that
   * `APPLICATION_FILE` exports instead, which is the same: it must be one process, whose state the tests ask for.
   */
  serve(application: WSGIApplication): Promise<Served>;
}

/** A subject that serves. */
export interface Served {
  /** Where its root is: `http://127.0.0.1:8000/`. */
  readonly url: string;
  /** For `wire`: where it listens on 127.0.0.1. */
  readonly port?: number;
  /** How a request is made. @default the global `fetch()` */
  fetch?(request: Request): Promise<Response>;
  /** For `log`: what was logged up to now. */
  log?(): string;
  close(): Promise<void>;
}
