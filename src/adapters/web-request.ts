import { BadRequest } from '../handler/exceptions.ts';
import { rawHost } from '../handler/host.ts';
import { encodeQuery } from '../handler/path-encoding.ts';
import type { Environ } from '../wsgi/types.ts';
import { headerName } from './header-name.ts';
import { requestBlocks } from './request-blocks.ts';
import { urlPath } from './url-path.ts';

/** The web-standard Request of an environ. @throws {BadRequest} for what such a Request cannot hold. */
export function createRequest(environ: Environ, signal: AbortSignal, isWholePath: boolean): Request {
  const method = environ.REQUEST_METHOD;
  const body = method === 'GET' || method === 'HEAD' ? undefined : requestBody(environ);
  const init: RequestInit = { method, signal, headers: requestHeaders(environ) };
  if (body !== undefined) Object.assign(init, { body, duplex: 'half' });
  try {
    return new Request(requestUrl(environ, isWholePath), init);
  } catch (cause) {
    throw new BadRequest(`The request cannot be represented: ${(cause as Error).message}`, { cause });
  }
}

function requestUrl(environ: Environ, isWholePath: boolean): string {
  const { SCRIPT_NAME: scriptName = '', PATH_INFO: pathInfo = '', QUERY_STRING: query } = environ;
  const path = (isWholePath ? scriptName : '') + pathInfo;
  const origin = `${environ['wsgi.url_scheme']}://${rawHost(environ, false)}`;
  return `${origin}${urlPath(path) || '/'}${query ? `?${encodeQuery(query)}` : ''}`;
}

function requestHeaders(environ: Environ): [string, string][] {
  const headers: [string, string][] = [];
  for (const key in environ) {
    const name = headerName(key);
    const value = environ[key];
    if (name !== undefined && typeof value === 'string') headers.push([name, value]);
  }
  return headers;
}

/** A stream that reads when it is read: no more of the body comes in than the handler asks for. */
function requestBody(environ: Environ): ReadableStream<Uint8Array> | undefined {
  const blocks = requestBlocks(environ);
  if (blocks === undefined) return undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await blocks.next();
        if (step.done) controller.close();
        else controller.enqueue(step.value);
      },
    },
    { highWaterMark: 0 },
  );
}
