import type { LoadedSettings } from '../conf/load.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import { ErrorResponses } from './error-responses.ts';
import { buildGetResponse } from './get-response.ts';
import { hostReader } from './host.ts';
import { decodePath } from './path-encoding.ts';
import { buildRequest, requestPathInfo, requestScheme, requestScriptName } from './request.ts';
import { runInContext } from './request-context.ts';
import { type OpenedResponse, openResponse, sendResponse } from './send-response.ts';
import { requestStarted } from './signals.ts';
import { loadURLconf } from './urls/load-urlconf.ts';
import { useForReverse } from './urls/reverse.ts';

/** Makes the default application for settings. All that they name is loaded here, so that mistakes show at start. */
export async function createApplication(settings: LoadedSettings): Promise<WSGIApplication> {
  const { values } = settings;
  const urlconf = await loadURLconf(settings);
  const errors = new ErrorResponses(settings, urlconf);
  const getResponse = await buildGetResponse(settings, errors);
  const readHost = hostReader(values);
  useForReverse(urlconf);
  const isFreshSite = values.DEBUG && urlconf.nodes.length === 0 && values.MIDDLEWARE.length === 0;

  return async function application(environ, startResponse) {
    return sendResponse(await answer(environ), environ, startResponse);
  };

  async function answer(environ: Environ): Promise<OpenedResponse> {
    let request: Request | undefined;
    try {
      await requestStarted.send({ environ });
      const scriptName = requestScriptName(environ, values);
      const pathInfo = requestPathInfo(environ);
      const target = {
        scheme: requestScheme(environ, values),
        host: readHost(environ),
        scriptName,
        pathInfo,
      };
      if (isFreshSite && pathInfo === '/') return await openWelcome(settings);
      request = buildRequest(environ, target);
      const context = { environ, scriptName, path: decodePath(pathInfo), urlconf };
      return await openResponse(await runInContext(context, request, getResponse));
    } catch (error) {
      return openResponse(await errors.respond(error, { environ, request }));
    }
  }
}

/**
 * A newcomer's first page, made without `Request` and `Response`: with nothing to hand them to, the 15 ms that Node
 * takes to load them can be saved.
 */
async function openWelcome(settings: LoadedSettings): Promise<OpenedResponse> {
  const { renderWelcome } = await import('./debug/welcome-page.ts');
  const first = new TextEncoder().encode(renderWelcome(settings));
  const headers = [['content-type', 'text/html; charset=utf-8']] as const;
  return { status: 200, statusText: 'OK', headers, first, rest: undefined };
}
