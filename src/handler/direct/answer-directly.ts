import type { AnswerDirectly } from '../../web/direct-answer.ts';
import { LightResponse } from '../../web/response/light-response.ts';
import { nativeResponse } from '../../web/response/native-response.ts';
import { isPromiseLike } from '../../wsgi/errors.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import { checkAnswer } from '../errors/no-response.ts';
import type { ApplicationContext, RequestContext } from '../request-context.ts';
import { bindContext, leave, runFor } from '../request-scope.ts';
import { requestFinished, requestStarted } from '../signals.ts';
import type { Layer } from '../view-layer.ts';
import { DirectContext, giveSignal } from './direct-context.ts';

/** The parts of the default application that do not depend on whether there is an environ. */
interface DirectParts {
  readonly application: ApplicationContext;
  /** @throws {DisallowedHost} */
  readonly readHost: (environ: Environ) => string;
  readonly layer: Layer;
  readonly fail: (error: unknown, context: RequestContext, request: Request) => Promise<Response>;
  /** Sends a finished response by the environ. */
  readonly sendLater: (answer: Response, context: RequestContext, request: Request) => WSGIApplication;
}

/**
 * Headers that the runtime handles differently than our servers. Responses with one of them are sent by the environ.
 */
const OTHERS_TASKS = [
  'content-encoding',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'trailer',
];

/**
 * Makes the default application for a runtime with its own Request and Response. The view gets the runtime's Request,
 * and the runtime gets the view's Response. An environ is made only when it is read, for example by receivers of
 * signals.
 */
export function directly({ application, readHost, layer, fail, sendLater }: DirectParts): AnswerDirectly {
  // Called as a plain function, so that stack traces have its name.
  const { answer: getResponse } = layer;

  return function answerDirectly(fetched) {
    if (requestStarted.hasReceivers || requestFinished.hasReceivers) return undefined;
    const context = new DirectContext(application, fetched);
    return runFor(context, answer, context);
  };

  function answer(context: DirectContext): Response | Promise<Response> {
    const { request, host, serverName } = context.fetched;
    try {
      readHost({ HTTP_HOST: host, SERVER_NAME: serverName } as Partial<Environ> as Environ);
      bindContext(request, context);
      giveSignal(request);
      const answering = getResponse(request, context);
      if (!isPromiseLike(answering)) return hand(answering, context);
      return Promise.resolve(answering).then(
        (answered) => handOrFail(answered, context),
        (error) => failed(error, context),
      );
    } catch (error) {
      return failed(error, context);
    }
  }

  function hand(answered: Response, context: DirectContext): Response | Promise<Response> {
    const { fetched } = context;
    checkAnswer(answered, () => layer.describe(context));
    const light = LightResponse.take(answered);
    if (light === undefined && !isForRuntime(answered))
      return fetched.run(sendLater(answered, context, fetched.request));
    leave(context);
    return light === undefined ? answered : fetched.respond(light);
  }

  function handOrFail(answered: Response, context: DirectContext): Response | Promise<Response> {
    try {
      return hand(answered, context);
    } catch (error) {
      return failed(error, context);
    }
  }

  async function failed(error: unknown, context: DirectContext): Promise<Response> {
    return hand(await fail(error, context, context.fetched.request), context);
  }
}

/** Whether it is a Response of the runtime that the runtime sends in the same way as our servers. */
function isForRuntime(response: Response): boolean {
  // A LightResponse is also an instance of the class, but the runtime cannot send it.
  if (LightResponse.isOne(response as unknown) || !(response instanceof nativeResponse())) return false;
  if (response.url !== '' || response.status !== 200) return false;
  return !OTHERS_TASKS.some((name) => response.headers.has(name));
}
