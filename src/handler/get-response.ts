import type { GetResponse } from '../conf/index.ts';
import type { LoadedSettings } from '../conf/load.ts';
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
  let getResponse = convertErrors(viewCaller(settings), application, errors);
  for (const factory of factories.toReversed()) {
    const layer = await createLayer(factory, getResponse, settings);
    const checked = async (request: Request) =>
      checkResponse(await layer(request), `The middleware ${factory.shown}`);
    getResponse = convertErrors(checked, application, errors);
  }
  return getResponse;
}

/** Makes a response of what a layer throws, so that the layer outside of it always sees one. */
function convertErrors(layer: Layer, application: ApplicationContext, errors: ErrorResponses): GetResponse {
  return async function getResponse(request) {
    const context = contextOf(request, application);
    try {
      return await layer(request, context);
    } catch (error) {
      return errors.respond(error, { context, request });
    }
  };
}
