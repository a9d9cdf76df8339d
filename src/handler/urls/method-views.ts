import { ImproperlyConfigured } from '../../errors.ts';
import { quote } from '../../text/quote.ts';
import { LightResponse } from '../../web/response/light-response.ts';
import type { Params } from './routes/route.ts';
import type { View } from './url-pattern.ts';

/**
 * A view for each method of a route. HEAD is answered by the view of GET, and OPTIONS by the list of methods, unless
 * they have views of their own. Any other method is answered with 405.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-methods
 *
 * @example
 * import { redirect } from 'startproject/http';
 * import { type MethodViews, path } from 'startproject/urls';
 *
 * const notes: string[] = [];
 * const board: MethodViews = {
 *   GET: () => Response.json(notes),
 *   POST: async (request) => {
 *     notes.push(await request.text());
 *     return redirect('/notes/');
 *   },
 * };
 *
 * export const urlpatterns = [path('notes/', board)];
 */
export type MethodViews<ViewParams = object> = {
  readonly [Method in 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS']?: View<ViewParams>;
} & { readonly [method: Uppercase<string>]: View<ViewParams> | undefined };

const METHOD = /^[A-Z][A-Z-]*$/;

/** Whether a target is an object with views by method. */
export function isMethodViews(target: unknown): target is MethodViews<never> {
  return (
    typeof target === 'object' &&
    target !== null &&
    Object.keys(target).some(
      (key) => METHOD.test(key.toUpperCase()) && isView((target as Record<string, unknown>)[key]),
    )
  );
}

/**
 * One view that calls the view of the request's method.
 *
 * @param call For messages: `path('notes/')`.
 * @throws {ImproperlyConfigured} for an unknown method, and for a value that is not a view.
 */
export function methodsView(call: string, views: MethodViews<never>): View<never> {
  const byMethod = new Map<string, View<Params>>();
  for (const [method, view] of Object.entries(views)) {
    if (view === undefined) continue;
    if (!METHOD.test(method)) {
      throw new ImproperlyConfigured(`${call} has a view for '${method}', which is not a method.`, {
        hint: `Write methods in upper case: { ${method.toUpperCase()}: … }.`,
      });
    }
    if (!isView(view)) {
      throw new ImproperlyConfigured(`${call} needs a view for ${method}, found ${quote(view)}.`, {
        hint: 'A view is a function: (request, params) => new Response("Hello").',
      });
    }
    byMethod.set(method, view as View<Params>);
  }
  const get = byMethod.get('GET');
  if (get !== undefined && !byMethod.has('HEAD')) byMethod.set('HEAD', get);
  const allow = [...new Set([...byMethod.keys(), 'OPTIONS'])].join(', ');

  function answer(request: Request, params: Params): Response | Promise<Response> {
    const view = byMethod.get(request.method);
    if (view !== undefined) return view(request, params);
    return request.method === 'OPTIONS'
      ? respond(null, { status: 204, headers: { allow } })
      : respond('Method Not Allowed\n', { status: 405, headers: { allow } });
  }
  return Object.defineProperty(answer as View<never>, 'name', { value: nameOf(views) });
}

function respond(body: string | null, init: ResponseInit): Response {
  return new LightResponse(body, init) as unknown as Response;
}

/** The name in lists of URLs and in messages. */
function nameOf(views: MethodViews<never>): string {
  const shown = Object.entries(views).map(([method, view]) =>
    view?.name && view.name !== method ? `${method} ${view.name}` : method,
  );
  return shown.join(', ');
}

function isView(value: unknown): value is View {
  return typeof value === 'function';
}
