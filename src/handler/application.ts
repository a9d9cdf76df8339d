import type { LoadedSettings } from '../conf/load.ts';
import type { Site } from '../conf/scope.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import type { Environ, StartResponse, WSGIApplication, WSGIResponse } from '../wsgi/types.ts';
import { watchable } from '../wsgi/watchable.ts';
import { buildRequest } from './build-request.ts';
import { ErrorResponses } from './error-responses.ts';
import { buildGetResponse } from './get-response.ts';
import { hostReader } from './host.ts';
import { decodePath } from './path-encoding.ts';
import { type ApplicationContext, bindContext, RequestContext, runFor } from './request-context.ts';
import { requestPathInfo, requestScheme, requestScriptName } from './request-target.ts';
import { type OpenedResponse, openResponse, sendResponse } from './send-response.ts';
import { requestStarted } from './signals.ts';
import { loadURLconf } from './urls/load-urlconf.ts';
import { useForReverse } from './urls/reverse.ts';

/** Makes the default application for a site. All that its settings name is loaded here, so that mistakes show at start. */
export async function createApplication(settings: LoadedSettings, site: Site): Promise<WSGIApplication> {
  const { values } = settings;
  const urlconf = await loadURLconf(settings);
  const scriptName = values.FORCE_SCRIPT_NAME ?? '';
  const application = watchable(respond);
  const shared: ApplicationContext = {
    site,
    urlconf,
    sender: application,
    scriptName,
    latest: undefined,
    makesRequests: false,
  };
  const errors = new ErrorResponses(settings, urlconf);
  const getResponse = await buildGetResponse(settings, shared, errors);
  const readHost = hostReader(values);
  useForReverse(shared);
  const isFreshSite = values.DEBUG && urlconf.nodes.length === 0 && values.MIDDLEWARE.length === 0;
  return application;

  async function respond(environ: Environ, startResponse: StartResponse): Promise<WSGIResponse> {
    const path = decodePath(requestPathInfo(environ));
    const context = new RequestContext(shared, environ, requestScriptName(environ, values), path);
    return sendResponse(await runFor(context, answer, context), context, startResponse);
  }

  async function answer(context: RequestContext): Promise<OpenedResponse> {
    const { environ } = context;
    let request: Request | undefined;
    try {
      if (requestStarted.hasReceivers) await requestStarted.send({ sender: application, environ });
      const host = readHost(environ);
      if (isFreshSite && context.path === '/') return await openWelcome(settings);
      request = buildRequest(environ, {
        scheme: requestScheme(environ, values),
        host,
        scriptName: context.scriptName,
        pathInfo: requestPathInfo(environ),
      });
      bindContext(request, context);
      const opened = openResponse(await getResponse(request));
      return isPromiseLike(opened) ? await opened : opened;
    } catch (error) {
      return openResponse(await errors.respond(error, { context, request }));
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
