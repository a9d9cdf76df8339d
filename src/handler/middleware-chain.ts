import type { GetResponse } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { hasScopes, runInScope } from '../conf/scope.ts';
import { LightResponse } from '../web/response/light-response.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import type { ErrorResponses } from './errors/error-responses.ts';
import { checkAnswer } from './errors/no-response.ts';
import { createLayer, loadMiddleware } from './load-middleware.ts';
import type { ApplicationContext, RequestContext } from './request-context.ts';
import { contextOf } from './request-scope.ts';
import { type Layer, viewLayer } from './view-layer.ts';

/**
 * Builds the chain from the outermost middleware to the views.
 *
 * @returns the outermost layer. The caller handles its responses and errors, as `guard()` does for the inner layers.
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
    layer = {
      answer,
      describe: () => ({ kind: 'middleware', who: `The middleware ${factory.shown}`, frame: undefined }),
    };
  }
  return layer;
}

/** Turns an error of a layer into a response, so that the next outer layer always gets a response. */
function guard(layer: Layer, application: ApplicationContext, errors: ErrorResponses): GetResponse {
  // Called as a plain function, so that stack traces have its name.
  const { answer } = layer;

  return function guarded(request) {
    const context = contextOf(request, application);
    try {
      // Without async scopes, the scope of the outer layer ends with its synchronous part, so each layer opens it
      // again.
      const answered = hasScopes
        ? answer(request, context)
        : runInScope(context, (request) => answer(request, context), request);
      // This makes one promise. An async function would make three.
      return isPromiseLike(answered)
        ? Promise.resolve(answered).then(
            (response) => check(response, context, request),
            (error) => fail(error, context, request),
          )
        : Promise.resolve(check(answered, context, request));
    } catch (error) {
      return fail(error, context, request);
    }
  };

  function check(
    response: Response,
    context: RequestContext,
    request: Request,
  ): Response | Promise<Response> {
    try {
      return LightResponse.changeable(checkAnswer(response, () => layer.describe(context)));
    } catch (error) {
      return fail(error, context, request);
    }
  }

  function fail(error: unknown, context: RequestContext, request: Request): Promise<Response> {
    return errors.respond(error, { context, request });
  }
}
