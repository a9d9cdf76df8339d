import { type IncomingMessage, ServerResponse } from 'node:http';
import { withoutConnectionHeaders } from '../../wsgi/connection-headers.ts';
import type { Header } from '../../wsgi/types.ts';
import type { BridgeSocket } from './bridge-socket.ts';

/** What of `ServerResponse` is not in its types. Node has had these since its first years, and 20 to 26 have them alike. */
interface Internals {
  socket: unknown;
  destroyed: boolean;
  outputData: { callback?: (() => void) | null }[];
  outputSize: number;
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  _contentLength: number | null | undefined;
  _closed: boolean;
  _storeHeader(statusLine: string, headers: unknown): void;
  _onPendingData(bytes: number): void;
  _flush(): void;
}

export type NodeResponse = ServerResponse & Internals;

/** Told by a response what becomes of it. */
export interface ResponseObserver {
  /** There is output, or the end of it, that `_flush()` would hand to the socket. */
  hasOutput(): void;
}

/** There is no content, and no length of it (RFC 9110, section 8.6). Middleware for CORS says 0. */
const NO_CONTENT = 204;

const OBSERVER = Symbol('observer');
const HEAD = Symbol('head');

interface Observed extends NodeResponse {
  [OBSERVER]: ResponseObserver;
  [HEAD]: readonly Header[] | undefined;
}

/**
 * Node's own response to a request, which holds back what is written until it is flushed. Frameworks exchange the
 * prototypes of responses, so what is different about this one is in properties of its own: in place of making the text
 * of its head it keeps the headers, and it tells when there is output.
 */
export function createNodeResponse(
  request: IncomingMessage,
  socket: BridgeSocket,
  observer: ResponseObserver,
): NodeResponse {
  const response = new ServerResponse(request) as Observed;
  (response as Internals).socket = socket;
  response[OBSERVER] = observer;
  response[HEAD] = undefined;
  response._storeHeader = keepHeaders;
  response._onPendingData = tellOfOutput;
  return response;
}

/** The headers, once they are settled. */
export function headersOf(response: NodeResponse): readonly Header[] | undefined {
  return (response as Observed)[HEAD];
}

function keepHeaders(this: Observed, _statusLine: string, given: unknown): void {
  dropInterim(this);
  const headers: Header[] = [];
  let hasLength = false;
  const add = (name: string, value: unknown) => {
    const lower = name.toLowerCase();
    if (lower === 'content-length') {
      if (this.statusCode === NO_CONTENT) return;
      hasLength = true;
    }
    if (Array.isArray(value)) for (const each of value) headers.push([name, String(each)]);
    else headers.push([name, String(value)]);
  };
  // Headers that were set are kept as { lower: [name, value] }, and those of writeHead() come as they were given.
  if (this.getHeaderNames().length > 0) {
    for (const [name, value] of Object.values(given as Record<string, [string, unknown]>)) add(name, value);
  } else {
    addGiven(given, add);
  }
  if (!hasLength && this._hasBody && typeof this._contentLength === 'number') {
    headers.push(['Content-Length', String(this._contentLength)]);
  }
  this[HEAD] = withoutConnectionHeaders(headers);
  this._header = 'kept';
  this._headerSent = true;
}

function addGiven(given: unknown, add: (name: string, value: unknown) => void): void {
  if (Array.isArray(given) && !Array.isArray(given[0])) {
    for (let i = 0; i < given.length; i += 2) add(given[i], given[i + 1]);
  } else {
    const pairs = Array.isArray(given) ? given : Object.entries(given ?? {});
    for (const [name, value] of pairs) add(name, value);
  }
}

/** Interim responses (103 Early Hints) have no way through WSGI. */
function dropInterim(response: Observed): void {
  const { outputData } = response;
  if (outputData.length === 0) return;
  response.outputData = [];
  response.outputSize = 0;
  for (const { callback } of outputData) if (callback) process.nextTick(callback);
}

function tellOfOutput(this: Observed, bytes: number): void {
  if (bytes >= 0 && this[HEAD] !== undefined) this[OBSERVER].hasOutput();
}
