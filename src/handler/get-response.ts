import type { GetResponse } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import { type Layer, viewCaller } from './call-view.ts';
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
  let getResponse = guard(viewCaller(settings), application, errors);
  for (const factory of factories.toReversed()) {
    const layer = await createLayer(factory, getResponse, settings);
    const checked: Layer = (request) => checkResponse(layer(request), 'middleware', factory.shown);
    getResponse = guard(checked, application, errors);
  }
  return getResponse;
}

/** Makes a response of what a layer throws, so that the layer outside of it always sees one. */
function guard(layer: Layer, application: ApplicationContext, errors: ErrorResponses): GetResponse {
  return async function getResponse(request) {
    const context = contextOf(request, application);
    try {
      const response = layer(request, context);
      return isPromiseLike(response) ? await response : response;
    } catch (error) {
      return errors.respond(error, { context, request });
    }
  };
}
