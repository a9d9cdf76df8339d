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

/** The parts of the default application that are used with and without an environ. */
interface DirectParts {
  readonly application: ApplicationContext;
  /** @throws {DisallowedHost} */
  readonly readHost: (environ: Environ) => string;
  readonly getResponse: (request: Request, context: RequestContext) => Answer | Promise<Answer>;
  /** Checks that the value is a Response. @throws for another value. */
  readonly check: (answer: Response, context: RequestContext) => Response;
  readonly fail: (error: unknown, context: RequestContext, request: Request) => Promise<Response>;
  /** Answers by the environ. */
  readonly sendLater: (answer: Answer, context: RequestContext, request: Request) => WSGIApplication;
}

/** Statuses that the runtime sends differently than our servers: these responses take the way by the environ. */
const OTHERS_TASKS = [
  'content-encoding',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'trailer',
];

/**
 * The default application for a runtime that has a Request and expects a Response. The view gets that Request, and the
 * runtime gets the Response of the view. An environ is made only when it is read, by receivers of signals for example.
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

/** Responses whose body need not be read: ours with a complete body, and the runtime's own. */
function atOnce(response: Response): Response | OpenedResponse | undefined {
  const opened = openAtOnce(response);
  if (opened !== undefined) return opened;
  const isOwn = response instanceof nativeResponse() && response.url === '' && response.status === 200;
  return isOwn && !OTHERS_TASKS.some((name) => response.headers.has(name)) ? response : undefined;
}
