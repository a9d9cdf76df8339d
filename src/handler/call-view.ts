import type { LoadedSettings } from '../conf/load.ts';
import { redirectToSlash } from './append-slash.ts';
import { checkResponse } from './check-response.ts';
import { Http404 } from './exceptions.ts';
import type { RequestContext } from './request-context.ts';
import { resolve } from './urls/resolve.ts';

/** What answers a request at some depth. */
export type Layer = (request: Request, context: RequestContext) => Response | Promise<Response>;

/** Returns the innermost handler: it finds the view of a request and calls it. */
export function viewCaller(settings: LoadedSettings): Layer {
  const { APPEND_SLASH, DEBUG } = settings.values;

  return function callView(request, { path, application: { urlconf } }) {
    const found = resolve(urlconf.nodes, path.slice(1));
    if (found) {
      const { view } = found.node;
      return checkResponse(view(request, found.params), 'view', view.name || '(anonymous)');
    }
    if (DEBUG && urlconf.nodes.length === 0 && path === '/') return welcome(settings);
    if (APPEND_SLASH && !path.endsWith('/') && resolve(urlconf.nodes, `${path.slice(1)}/`)) {
      return redirectToSlash(request, { isDebug: DEBUG });
    }
    throw new Http404(`No URL pattern matches '${path}'.`);
  };
}

async function welcome(settings: LoadedSettings): Promise<Response> {
  const { renderWelcome } = await import('./debug/welcome-page.ts');
  return new Response(renderWelcome(settings), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}
