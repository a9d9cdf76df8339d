import type { RunOptions } from '../wsgi/driver.ts';
import type { WSGIErrors } from '../wsgi/types.ts';
import type { ResponseRecord } from './access-log.ts';
import type { ClientErrorRecord } from './http-refusal.ts';

/** What a server of ours takes beside the application. */
export interface HttpServerOptions extends RunOptions {
  /** SERVER_NAME. @default the address that the client connected to */
  readonly serverName?: string | undefined;
  /** SERVER_PORT. @default the port that the client connected to */
  readonly serverPort?: number | undefined;
  /** Whether connections are kept for further requests. @default true */
  readonly keepAlive?: boolean | undefined;
  /** How long an idle connection is kept. @default 5000 */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** How large all headers of a request may be together. @default 16384 */
  readonly maxHeaderBytes?: number | undefined;
  /** Whether other processes run the same application: `wsgi.multiprocess`. @default false */
  readonly isMultiprocess?: boolean | undefined;
  /** The `Server` header of responses that have none. @default none */
  readonly serverHeader?: string | undefined;
  /** `wsgi.errors`. @default stderr */
  readonly errors?: WSGIErrors | undefined;
  /** Told of each response that is over. */
  readonly onResponse?: ((record: ResponseRecord) => void) | undefined;
  /** Told of each request that was refused before the application saw it. */
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}
