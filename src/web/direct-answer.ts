import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import type { OpenedResponse } from './response/opened-response.ts';

/** A GET request that came as a Request, with what the handler asks of it. */
export interface FetchedRequest {
  readonly request: Request;
  readonly host: string;
  readonly serverName: string;
  /** As PATH_INFO is: percent-decoded to bytes. */
  readonly pathInfo: string;
  /** Made when it is read: most requests need none. */
  readonly environ: Environ;
  /** Aborted when the client goes away before it has the whole response. Made when it is read. */
  readonly signal: AbortSignal;
}

/** A Response for the runtime, one that is all there, or what answers in the usual way. */
export type DirectAnswer = Response | OpenedResponse | WSGIApplication;

/** Answers a request without an environ; undefined where that must be made. It neither throws nor rejects. */
export type AnswerDirectly = (fetched: FetchedRequest) => DirectAnswer | Promise<DirectAnswer> | undefined;

const DIRECTLY = Symbol('directly');

interface DirectApplication extends WSGIApplication {
  [DIRECTLY]?: AnswerDirectly;
}

/** Says how an application answers a Request without an environ. */
export function setDirectly(application: WSGIApplication, answer: AnswerDirectly): void {
  (application as DirectApplication)[DIRECTLY] = answer;
}

/** Undefined for an application that needs an environ, as all do but the default one: also that with others around it. */
export function directlyOf(application: WSGIApplication): AnswerDirectly | undefined {
  return (application as DirectApplication)[DIRECTLY];
}
