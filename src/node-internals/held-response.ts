import { IncomingMessage, ServerResponse } from 'node:http';
import { Probe } from './probe.ts';

/** A name and a value, as they are sent. */
type Pair = readonly [name: string, value: string];

/**
 * Undocumented members of `ServerResponse`. They have existed since Node's first years, and are the same in 20 to 26.
 */
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

type Held = ServerResponse & Internals;

/** Is notified of the steps of a response. */
export interface ResponseObserver {
  /** Called when there is output, or its end, that `_flush()` would write to the socket. */
  hasOutput(): void;
}

/** A status without content, and without a Content-Length (RFC 9110, section 8.6). Middleware for CORS sets 0. */
const NO_CONTENT = 204;

const OBSERVER = Symbol('observer');
const HEAD = Symbol('head');

interface Observed extends Held {
  [OBSERVER]: ResponseObserver;
  [HEAD]: readonly Pair[] | undefined;
}

/**
 * Node's own response to a request, which holds its output until it is flushed. Frameworks replace the prototypes of
 * responses, so the differences are own properties: it keeps the headers instead of making the text of its head, and it
 * notifies an observer of output.
 */
export function createHeldResponse(
  request: IncomingMessage,
  socket: object,
  observer: ResponseObserver,
): ServerResponse {
  const response = new ServerResponse(request) as Observed;
  (response as Internals).socket = socket;
  response[OBSERVER] = observer;
  response[HEAD] = undefined;
  response._storeHeader = keepHeaders;
  response._onPendingData = tellOfOutput;
  return response;
}

/** The headers, once they are final. */
export function headersOf(response: ServerResponse): readonly Pair[] | undefined {
  return (response as Observed)[HEAD];
}

/** Whether something was written since the last `flush()`. */
export function hasHeldOutput(response: ServerResponse): boolean {
  return (response as Observed).outputData.length > 0;
}

/** Writes the held output of a response to its socket. */
export function flush(response: ServerResponse): void {
  (response as Observed)._flush();
}

/** Notifies a handler that its response has ended, as Node's server does. */
export function closeHeld(response: ServerResponse): void {
  Object.assign(response, { destroyed: true, _closed: true });
  response.emit('close');
}

/** The members of a socket that `end()` of a response uses besides the documented ones. */
export const socketInternals = { _writableState: { corked: 0 } };

function keepHeaders(this: Observed, _statusLine: string, given: unknown): void {
  dropInterim(this);
  const headers: Pair[] = [];
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
  // Headers from `setHeader()` are stored as { lower: [name, value] }, and headers from `writeHead()` as they were
  // given.
  if (this.getHeaderNames().length > 0) {
    for (const [name, value] of Object.values(given as Record<string, [string, unknown]>)) add(name, value);
  } else {
    addGiven(given, add);
  }
  if (!hasLength && this._hasBody && typeof this._contentLength === 'number') {
    headers.push(['Content-Length', String(this._contentLength)]);
  }
  this[HEAD] = headers;
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

/** Drops interim responses (103 Early Hints), which WSGI cannot send. */
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

const probe = new Probe(() => {
  const written: unknown[] = [];
  const socket = {
    ...socketInternals,
    writable: true,
    on() {},
    cork() {},
    uncork() {},
    write: written.push.bind(written),
  };
  const response = createHeldResponse(new IncomingMessage(null as never), socket, { hasOutput() {} });
  response.end('body');
  const heads = headersOf(response);
  flush(response);
  return heads?.length === 1 && written.length > 0 && String(written[0]).endsWith('body');
});

/** Whether this Node has all members that a held response uses. */
export function canHoldResponses(): boolean {
  return probe.isPassed;
}
