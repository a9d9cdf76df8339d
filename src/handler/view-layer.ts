import type { LoadedSettings } from '../conf/load.ts';
import { redirectToSlash } from './append-slash.ts';
import { UnmatchedPath } from './errors/exceptions.ts';
import type { Answerer } from './errors/no-response.ts';
import { Response } from './http/index.ts';
import type { RequestContext } from './request-context.ts';
import { patternFrame } from './urls/pattern-frame.ts';
import { resolve } from './urls/resolve.ts';
import { viewPhrase } from './urls/view-names.ts';

/** A middleware, or the views. */
export interface Layer {
  answer(request: Request, context: RequestContext): Response | Promise<Response>;
  /** The view or middleware that answers, for a message. */
  describe(context: RequestContext): Answerer;
}

/** Returns the innermost layer: it finds the view of a request and calls it. */
export function viewLayer(settings: LoadedSettings): Layer {
  const { APPEND_SLASH, DEBUG } = settings.values;

  function callView(request: Request, context: RequestContext): Response | Promise<Response> {
    const { path, application } = context;
    const { nodes } = application.urlconf;
    const found = resolve(nodes, path.slice(1));
    if (found) {
      context.called = found.node;
      const { view } = found.node;
      return view(request, found.params);
    }
    if (DEBUG && nodes.length === 0 && path === '/') return welcome(settings);
    if (APPEND_SLASH && !path.endsWith('/') && resolve(nodes, `${path.slice(1)}/`)) {
      return redirectToSlash(request, { isDebug: DEBUG });
    }
    throw new UnmatchedPath(`No URL pattern matches '${path}'.`);
  }

  function describe({ called: node }: RequestContext): Answerer {
    const who = node ? `The ${viewPhrase(node)}` : 'The view';
    return { kind: 'view', who, frame: node && patternFrame(node) };
  }
  return { answer: callView, describe };
}

async function welcome(settings: LoadedSettings): Promise<Response> {
  const { renderWelcome } = await import('./debug/welcome/welcome-page.ts');
  return new Response(renderWelcome(settings), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}
