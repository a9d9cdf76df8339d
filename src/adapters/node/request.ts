import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { encodePath, ownPath } from '../../web/path-encoding.ts';
import { headerName } from '../../wsgi/environ/cgi-names.ts';
import { clientOf } from '../../wsgi/environ/client-presence.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { BridgeSocket } from './bridge-socket.ts';
import type { NodeCall } from './handler.ts';

/** A request as Express has it below a mount, and all that takes over its convention. */
export interface MountedRequest extends IncomingMessage {
  baseUrl?: string;
  originalUrl?: string;
}

/** The request of an environ, as Node's parser would have made it. */
export function createNodeRequest(call: NodeCall, socket: BridgeSocket): IncomingMessage {
  const request = new IncomingMessage(socket as unknown as Socket);
  describeEnviron(request, call);
  return request;
}

/** Gives a request the line and the headers that an environ tells of. */
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

/** Node makes these of what its parser has counted. An environ does not tell the values of a repeated header apart. */
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

/** Node says `complete` of a request that has come as a whole, whether or not a handler has read it. */
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

/** The target as a handler finds it below its mount: by Express's convention, unless `isWholePath`. */
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
