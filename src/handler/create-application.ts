import type { LoadedSettings } from '../conf/load.ts';
import type { Site } from '../conf/scope.ts';
import { setDirectly } from '../web/direct-answer.ts';
import { pathText } from '../web/path-encoding.ts';
import { buildRequest } from '../web/request/build-request.ts';
import { requestPathInfo } from '../web/request/request-target.ts';
import { OpenedResponse, openResponse } from '../web/response/opened-response.ts';
import { pathBytes } from '../wsgi/environ/cgi-names.ts';
import { clientOf } from '../wsgi/environ/client-presence.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import type { Environ, Header, StartResponse, WSGIApplication, WSGIResponse } from '../wsgi/types.ts';
import { watchable } from '../wsgi/watchable.ts';
import { directly } from './direct/answer-directly.ts';
import { ErrorResponses } from './errors/error-responses.ts';
import { checkAnswer } from './errors/no-response.ts';
import { hostReader } from './host-reader.ts';
import { buildChain } from './middleware-chain.ts';
import { type ApplicationContext, RequestContext } from './request-context.ts';
import { bindContext, runFor } from './request-scope.ts';
import { sendResponse } from './send-response.ts';
import { requestStarted } from './signals.ts';
import { requestScheme, requestScriptName, SiteTarget } from './site-target.ts';
import { openStaticSite } from './static/open-static-site.ts';
import { loadURLconf } from './urls/load-urlconf.ts';
import { useForReverse } from './urls/reverse.ts';

/**
 * Makes the default application of a site. It loads everything that the settings name, so that mistakes show at start.
 */
export async function createApplication(settings: LoadedSettings, site: Site): Promise<WSGIApplication> {
  const { values } = settings;
  const urlconf = await loadURLconf(settings);
  const scriptName = pathBytes(values.FORCE_SCRIPT_NAME ?? '');
  const files = await openStaticSite(values);
  const application = watchable(
    files ? (environ, startResponse) => files.respond(environ, startResponse, respond) : respond,
  );
  const shared: ApplicationContext = {
    site,
    urlconf,
    sender: application,
    scriptName,
    memoryLimit: values.DATA_UPLOAD_MAX_MEMORY_SIZE,
    files,
    hasMiddleware: values.MIDDLEWARE.length > 0,
    unscoped: undefined,
  };
  const errors = new ErrorResponses(settings, urlconf);
  const layer = await buildChain(settings, shared, errors);
  // Called as a plain function, so that stack traces have its name.
  const { answer: getResponse } = layer;
  const readHost = hostReader(values);
  useForReverse(shared);
  const isFreshSite = values.DEBUG && urlconf.nodes.length === 0 && values.MIDDLEWARE.length === 0;
  if (!isFreshSite && files === undefined && isAsRequested(values)) {
    const fail = (error: unknown, context: RequestContext, request: Request) =>
      errors.respond(error, { context, request });
    const later = (answer: Response, context: RequestContext, request: Request): WSGIApplication => {
      return (_environ, startResponse) =>
        sendLater(Promise.resolve(answer), { context, request, startResponse });
    };
    setDirectly(application, directly({ application: shared, readHost, layer, fail, sendLater: later }));
  }
  return application;

  function respond(environ: Environ, startResponse: StartResponse): WSGIResponse | Promise<WSGIResponse> {
    const path = pathText(requestPathInfo(environ));
    const context = new RequestContext(shared, environ, requestScriptName(environ, values), path);
    return runFor(context, answer, { context, request: undefined, startResponse });
  }

  /** Returns a synchronous response without a promise, since a promise makes a small page measurably slower. */
  function answer(current: OpenRequest): WSGIResponse | Promise<WSGIResponse> {
    let opening: OpenedResponse | PromiseLike<Answer>;
    try {
      const answering = requestStarted.hasReceivers ? beginLater(current) : begin(current);
      opening = isPromiseLike(answering) ? answering : open(answering, current);
    } catch (error) {
      opening = errors.respond(error, current);
    }
    if (isPromiseLike(opening)) return sendLater(opening, current);
    return sendResponse(opening, current.context, current.startResponse);
  }

  async function beginLater(current: OpenRequest): Promise<Answer> {
    await requestStarted.send({ sender: application, environ: current.context.environ });
    return begin(current);
  }

  function begin(current: OpenRequest): Answer | Promise<Answer> {
    const { context } = current;
    const { environ } = context;
    const host = readHost(environ);
    if (isFreshSite && context.path === '/') return openWelcome(settings);
    const target = new SiteTarget(environ, {
      scheme: requestScheme(environ, values),
      host,
      scriptName: context.scriptName,
      pathInfo: requestPathInfo(environ),
    });
    const request = buildRequest(environ, target);
    current.request = request;
    bindContext(request, context);
    return getResponse(request, context);
  }

  function open(answer: Answer, { context }: OpenRequest): OpenedResponse | Promise<OpenedResponse> {
    if (answer instanceof OpenedResponse) return answer;
    return openResponse(
      checkAnswer(answer, () => layer.describe(context)),
      clientOf(context.environ),
    );
  }

  async function sendLater(answering: PromiseLike<Answer>, current: OpenRequest): Promise<WSGIResponse> {
    let opened: OpenedResponse;
    try {
      const opening = open(await answering, current);
      opened = isPromiseLike(opening) ? await opening : opening;
    } catch (error) {
      opened = await openResponse(await errors.respond(error, current));
    }
    return sendResponse(opened, current.context, current.startResponse);
  }
}

type Answer = Response | OpenedResponse;

/** Whether no setting changes the URL that the server has determined. */
function isAsRequested(values: LoadedSettings['values']): boolean {
  const { FORCE_SCRIPT_NAME, USE_X_FORWARDED_HOST, SECURE_PROXY_SSL_HEADER } = values;
  return FORCE_SCRIPT_NAME === null && !USE_X_FORWARDED_HOST && !SECURE_PROXY_SSL_HEADER;
}

/** A request that has no response yet, and the `startResponse()` for it. */
interface OpenRequest {
  readonly context: RequestContext;
  readonly startResponse: StartResponse;
  /** Undefined until it is made. */
  request: Request | undefined;
}

/**
 * The first page of a new site. No code of the site runs for it, so it is made without `Request` and `Response`, and
 * Node does not load them (`bench/first-use.js`).
 */
async function openWelcome(settings: LoadedSettings): Promise<OpenedResponse> {
  const { renderWelcome } = await import('./debug/welcome/welcome-page.ts');
  const first = new TextEncoder().encode(renderWelcome(settings));
  const headers: Header[] = [['content-type', 'text/html; charset=utf-8']];
  return new OpenedResponse(200, 'OK', headers, first);
}
