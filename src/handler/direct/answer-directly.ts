import type { AnswerDirectly, DirectAnswer } from '../../web/direct-answer.ts';
import { nativeResponse } from '../../web/response/native-response.ts';
import { OpenedResponse, openAtOnce } from '../../web/response/opened-response.ts';
import { isPromiseLike } from '../../wsgi/errors.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import type { ApplicationContext, RequestContext } from '../request-context.ts';
import { bindContext, leave, runFor } from '../request-scope.ts';
import { requestFinished, requestStarted } from '../signals.ts';
import { DirectContext, giveSignal } from './direct-context.ts';

type Answer = Response | OpenedResponse;

/** The parts of the default application that the direct way has in common with the usual one. */
interface DirectParts {
  readonly application: ApplicationContext;
  /** @throws {DisallowedHost} */
  readonly readHost: (environ: Environ) => string;
  readonly getResponse: (request: Request, context: RequestContext) => Answer | Promise<Answer>;
  /** Makes sure that it is a Response. @throws for another value. */
  readonly check: (answer: Response, context: RequestContext) => Response;
  readonly fail: (error: unknown, context: RequestContext, request: Request) => Promise<Response>;
  /** Answers in the usual way with what there is. */
  readonly sendLater: (answer: Answer, context: RequestContext, request: Request) => WSGIApplication;
}

/** What the runtime would not do as our servers do: these go the usual way. */
const OTHERS_TASKS = [
  'content-encoding',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'trailer',
];

/**
 * The default application for a runtime that has a Request and wants a Response: the view gets the one, the runtime gets
 * what the view returns, and no environ is made unless somebody reads it. Receivers of the signals of requests do.
 */
export function directly(parts: DirectParts): AnswerDirectly {
  const { application, readHost, getResponse, check, fail, sendLater } = parts;

  return function answerDirectly(fetched) {
    if (requestStarted.hasReceivers || requestFinished.hasReceivers) return undefined;
    const context = new DirectContext(application, fetched);
    return runFor(context, answer, context);
  };

  function answer(context: DirectContext): DirectAnswer | Promise<DirectAnswer> {
    const { request, host, serverName } = context.fetched;
    try {
      readHost({ HTTP_HOST: host, SERVER_NAME: serverName } as Partial<Environ> as Environ);
      bindContext(request, context);
      giveSignal(request);
      const answering = getResponse(request, context);
      if (!isPromiseLike(answering)) return hand(answering, context);
      return answering.then(
        (answered) => handOrFail(answered, context),
        (error) => failed(error, context),
      );
    } catch (error) {
      return failed(error, context);
    }
  }

  function hand(answered: Answer, context: DirectContext): DirectAnswer {
    const ready = answered instanceof OpenedResponse ? answered : atOnce(check(answered, context));
    const isDone = ready !== undefined && !(ready instanceof OpenedResponse && ready.rest !== undefined);
    if (!isDone) return sendLater(answered, context, context.fetched.request);
    leave(context);
    return ready;
  }

  function handOrFail(answered: Answer, context: DirectContext): DirectAnswer | Promise<DirectAnswer> {
    try {
      return hand(answered, context);
    } catch (error) {
      return failed(error, context);
    }
  }

  async function failed(error: unknown, context: DirectContext): Promise<DirectAnswer> {
    return hand(await fail(error, context, context.fetched.request), context);
  }
}

/** Responses whose body is not read: ours, of which all is there, and the runtime's own. */
function atOnce(response: Response): Response | OpenedResponse | undefined {
  const opened = openAtOnce(response);
  if (opened !== undefined) return opened;
  const isOwn = response instanceof nativeResponse() && response.url === '' && response.status === 200;
  return isOwn && !OTHERS_TASKS.some((name) => response.headers.has(name)) ? response : undefined;
}
