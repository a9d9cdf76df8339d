import type { GetResponse } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import { type Layer, viewLayer } from './call-view.ts';
import { responseProblem } from './check-response.ts';
import type { ErrorResponses } from './error-responses.ts';
import { createLayer, loadMiddleware } from './middleware.ts';
import { type ApplicationContext, contextOf, type RequestContext } from './request-context.ts';

/**
 * Builds the chain from the outermost middleware to the views.
 *
 * @returns the outermost layer, of whose answers and errors the caller takes care, as `guard()` does further in.
 */
export async function buildChain(
  settings: LoadedSettings,
  application: ApplicationContext,
  errors: ErrorResponses,
): Promise<Layer> {
  const factories = await loadMiddleware(settings);
  let layer = viewLayer(settings);
  for (const factory of factories.toReversed()) {
    const answer = await createLayer(factory, guard(layer, application, errors), settings);
    layer = { answer, describe: () => `The middleware ${factory.shown}` };
  }
  return layer;
}

/** Makes a response of what a layer throws, so that the layer outside of it always sees one. */
function guard(layer: Layer, application: ApplicationContext, errors: ErrorResponses): GetResponse {
  // Called as a plain function, so that stack traces have its name.
  const { answer } = layer;

  async function getResponse(
    answering: PromiseLike<Response>,
    request: Request,
    context: RequestContext,
  ): Promise<Response> {
    try {
      return checkAnswer(layer, await answering, context);
    } catch (error) {
      return errors.respond(error, { context, request });
    }
  }

  return function guarded(request) {
    const context = contextOf(request, application);
    try {
      const answered = answer(request, context);
      if (isPromiseLike(answered)) return getResponse(answered, request, context);
      return Promise.resolve(checkAnswer(layer, answered, context));
    } catch (error) {
      return errors.respond(error, { context, request });
    }
  };
}

/** @throws {TypeError} for what is no Response, or none to send. */
export function checkAnswer(layer: Layer, response: Response, context: RequestContext): Response {
  const problem = responseProblem(response);
  if (problem === undefined) return response;
  throw new TypeError(`${layer.describe(context)} ${problem}`);
}
