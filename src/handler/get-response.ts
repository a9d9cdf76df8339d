import type { GetResponse } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import { type Layer, viewLayer } from './call-view.ts';
import { checkResponse } from './check-response.ts';
import type { ErrorResponses } from './error-responses.ts';
import { createLayer, loadMiddleware } from './middleware.ts';
import { type ApplicationContext, contextOf } from './request-context.ts';

/** Builds the chain from the outermost middleware to the views. */
export async function buildGetResponse(
  settings: LoadedSettings,
  application: ApplicationContext,
  errors: ErrorResponses,
): Promise<GetResponse> {
  const factories = await loadMiddleware(settings);
  let getResponse = guard(viewLayer(settings), application, errors);
  for (const factory of factories.toReversed()) {
    const answer = await createLayer(factory, getResponse, settings);
    const describe = () => `The middleware ${factory.shown}`;
    getResponse = guard({ answer, describe }, application, errors);
  }
  return getResponse;
}

/** Makes a response of what a layer throws, so that the layer outside of it always sees one. */
function guard(layer: Layer, application: ApplicationContext, errors: ErrorResponses): GetResponse {
  // Called as plain functions, so that stack traces have their names.
  const { answer, describe } = layer;
  return async function getResponse(request) {
    const context = contextOf(request, application);
    try {
      const answered = answer(request, context);
      const response = isPromiseLike(answered) ? await answered : answered;
      return checkResponse(response, () => describe(context));
    } catch (error) {
      return errors.respond(error, { context, request });
    }
  };
}
