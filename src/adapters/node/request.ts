import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { encodePath, ownPath } from '../../web/path-encoding.ts';
import { headerName } from '../../wsgi/environ/cgi-names.ts';
import { clientOf } from '../../wsgi/environ/client-presence.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { BridgeSocket } from './bridge-socket.ts';
import type { NodeCall } from './handler.ts';

/** A request below a mount point, with the properties that Express defines and other frameworks have adopted. */
export interface MountedRequest extends IncomingMessage {
  baseUrl?: string;
  originalUrl?: string;
}

/** Makes a request from an environ, in the form in which Node's parser would have made it. */
export function createNodeRequest(call: NodeCall, socket: BridgeSocket): IncomingMessage {
  const request = new IncomingMessage(socket as unknown as Socket);
  describeEnviron(request, call);
  return request;
}

/** Sets the request line and the headers of a request by an environ. */
export function describeEnviron(request: MountedRequest, { environ, isWholePath }: NodeCall): void {
  request.method = environ.REQUEST_METHOD;
  setUrl(request, environ, isWholePath);
  request.httpVersionMajor = 1;
  request.httpVersionMinor = environ.SERVER_PROTOCOL === 'HTTP/1.0' ? 0 : 1;
  request.httpVersion = request.httpVersionMinor === 0 ? '1.0' : '1.1';
  const headers: Record<string, string> = {};
  const rawHeaders: string[] = [];
  for (const key in environ) {
    const name = headerName(key);
    if (name === undefined) continue;
    const value = environ[key];
    if (typeof value !== 'string') continue;
    headers[name] = value;
    rawHeaders.push(name, value);
  }
  request.headers = headers;
  request.rawHeaders = rawHeaders;
  Object.defineProperty(request, 'headersDistinct', HEADERS_DISTINCT);
  followCompletion(request, environ);
}

/** Node computes these from its parser's result. An environ does not separate the values of a repeated header. */
const HEADERS_DISTINCT: PropertyDescriptor & ThisType<IncomingMessage> = {
  configurable: true,
  enumerable: true,
  get() {
    const entries = Object.entries(this.headers).map(([name, value]) => [name, [value].flat()]);
    return Object.assign(Object.create(null), Object.fromEntries(entries));
  },
  set(value: unknown) {
    Object.defineProperty(this, 'headersDistinct', { value, writable: true });
  },
};

/**
 * Keeps `complete` up to date. In Node it is true when the whole request has arrived, even if the handler has not read
 * it.
 */
function followCompletion(request: IncomingMessage, environ: Environ): void {
  const client = clientOf(environ);
  let isRead = false;
  Object.defineProperty(request, 'complete', {
    configurable: true,
    enumerable: true,
    get: () => isRead || client?.isRequestReceived === true,
    set: (value: boolean) => {
      isRead = value;
    },
  });
}

/** Sets the request target below the mount point, by Express's convention, unless `isWholePath`. */
export function setUrl(request: MountedRequest, environ: Environ, isWholePath: boolean): void {
  const { SCRIPT_NAME: scriptName = '', PATH_INFO: pathInfo = '', QUERY_STRING: query } = environ;
  const rest = query ? `?${query}` : '';
  const url = (ownPath(encodePath(pathInfo)) || '/') + rest;
  if (scriptName === '') {
    request.url = url;
    return;
  }
  request.originalUrl = ownPath(encodePath(scriptName + pathInfo)) + rest;
  if (isWholePath) {
    request.url = request.originalUrl;
  } else {
    request.url = url;
    request.baseUrl = ownPath(encodePath(scriptName));
  }
}
