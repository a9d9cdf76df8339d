import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import type { LightContent } from './response/light-response.ts';

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
  /** The runtime's Response for what there is to send of one of ours. */
  respond(light: LightContent): Response;
  /** Has an application answer in the usual way. */
  run(application: WSGIApplication): Response | Promise<Response>;
}

/** Answers a request without an environ; undefined where that must be made. It neither throws nor rejects. */
export type AnswerDirectly = (fetched: FetchedRequest) => Response | Promise<Response> | undefined;

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
