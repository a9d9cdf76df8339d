import type { WSGIApplication } from '../../src/wsgi/types.ts';

/**
 * What not every subject can do.
 *
 * - `wire`: it takes bytes from a socket, at `Served.port`. Not so what is given a `Request`.
 * - `keepAlive`: it answers several requests on a connection.
 * - `connection`: it has a say in what Node's server does by itself, such as `100 Continue`.
 * - `halfOpen`: it answers a client that has closed its sending side.
 * - `log`: what is written to `wsgi.errors`, and the errors of applications, are in `Served.log`.
 * - `node`: it runs in Node, or in what has Node's streams and a file system.
 * - `verbatim`: an environ has what the client has sent, and says who it is. Not so where a `Request` stands between.
 * - `eager`: it sends each block by itself, and the first does not wait to see whether there is a second.
 * - `interim`: it sends interim responses, such as 103.
 * - `reasons`: it sends the reason phrases that applications give.
 * - `headerBytes`: any byte may be in a header.
 * - `departures`: it hears that a client has gone also when there is nothing to be sent to it.
 * - `brokenBodies`: it tells a body that broke off since the client has gone from one that failed.
 * - `direct`: no web server stands in front, which has rules of its own for paths and hosts, and says more of a request.
 * - `unbuffered`: a body reaches the application while it comes.
 * - `openBodies`: so does one whose length is not known.
 */
export type Capability =
  | 'wire'
  | 'keepAlive'
  | 'connection'
  | 'halfOpen'
  | 'log'
  | 'node'
  | 'verbatim'
  | 'eager'
  | 'interim'
  | 'reasons'
  | 'headerBytes'
  | 'departures'
  | 'brokenBodies'
  | 'direct'
  | 'unbuffered'
  | 'openBodies';

/** What a subject can't do, each with the reason, which the skipped tests show. */
export type Lacks = Readonly<Partial<Record<Capability, string>>>;

/**
 * A server or an adapter that the conformance suite is run against. To add one, write a test file:
 *
 * @example
 *     testConformance({
 *       name: 'my server',
 *       lacks: { keepAlive: 'it closes each connection' },
 *       async serve(application) {
 *         const log = new Log();
 *         const server = await myServer(application, { port: 0, errors: log.errors });
 *         return { url: server.url, port: server.port, log, close: () => server.close() };
 *       },
 *     });
 */
export interface Subject {
  readonly name: string;
  readonly lacks: Lacks;
  /**
   * Serves an application, once for the whole suite. What runs in a process of its own serves what `APPLICATION_FILE`
   * exports as `application` instead, which is the same. It must be one process, whose state the tests ask for.
   */
  serve(application: WSGIApplication): Promise<Served>;
}

/** A subject that serves. */
export interface Served {
  /** Where its root is: `http://127.0.0.1:8000/`. */
  readonly url: string;
  /** For `wire`: where it listens on 127.0.0.1. */
  readonly port?: number;
  /** Whether it speaks TLS there. @default false */
  readonly isSecure?: boolean;
  /** How a request is made. @default the global `fetch()` */
  fetch?(request: Request): Promise<Response> | Response;
  /** For `log`. */
  readonly log?: ServedLog;
  close(): Promise<void>;
}

export interface ServedLog {
  /** All that was logged up to now. */
  readonly text: string;
  /** Resolves when something like this has been logged. */
  saw(pattern: RegExp): Promise<unknown>;
}
