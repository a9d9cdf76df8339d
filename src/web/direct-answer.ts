import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import type { LightContent } from './response/light-response.ts';

/** A GET request that a runtime delivers as a Request, with the parts that the handler needs. */
export interface FetchedRequest {
  readonly request: Request;
  readonly host: string;
  readonly serverName: string;
  /** The path as in PATH_INFO: percent-decoded to bytes. */
  readonly pathInfo: string;
  /** Made when it is first read, since most requests do not need it. */
  readonly environ: Environ;
  /** Aborted when the client disconnects before the end of the response. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Makes the runtime's Response from the content of a `LightResponse`. */
  respond(light: LightContent): Response;
  /** Runs an application with an environ, as for any other request. */
  run(application: WSGIApplication): Response | Promise<Response>;
}

/**
 * Answers a request without an environ. Returns undefined if the request needs an environ. It neither throws nor
 * rejects.
 */
export type AnswerDirectly = (fetched: FetchedRequest) => Response | Promise<Response> | undefined;

const DIRECTLY = Symbol('directly');

interface DirectApplication extends WSGIApplication {
  [DIRECTLY]?: AnswerDirectly;
}

/** Registers the function that answers a Request for an application without an environ. */
export function setDirectly(application: WSGIApplication, answer: AnswerDirectly): void {
  (application as DirectApplication)[DIRECTLY] = answer;
}

/**
 * The registered function. Undefined for an application that needs an environ: every application except the default
 * one, also when another application wraps the default one.
 */
export function directlyOf(application: WSGIApplication): AnswerDirectly | undefined {
  return (application as DirectApplication)[DIRECTLY];
}
