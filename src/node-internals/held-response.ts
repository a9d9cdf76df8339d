import { IncomingMessage, ServerResponse } from 'node:http';
import { Probe } from './probe.ts';

/** A name and a value, as they are sent. */
type Pair = readonly [name: string, value: string];

/** Undocumented, of `ServerResponse`. Node has had these since its first years, and 20 to 26 have them alike. */
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

/** Told by a response what becomes of it. */
export interface ResponseObserver {
  /** There is output, or the end of it, that `_flush()` would hand to the socket. */
  hasOutput(): void;
}

/** There is no content, and no length of it (RFC 9110, section 8.6). Middleware for CORS says 0. */
const NO_CONTENT = 204;

const OBSERVER = Symbol('observer');
const HEAD = Symbol('head');

interface Observed extends Held {
  [OBSERVER]: ResponseObserver;
  [HEAD]: readonly Pair[] | undefined;
}

/**
 * Node's own response to a request, which holds back what is written until it is flushed. Frameworks exchange the
 * prototypes of responses, so what is different about this one is in properties of its own: in place of making the text
 * of its head it keeps the headers, and it tells when there is output.
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

/** The headers, once they are settled. */
export function headersOf(response: ServerResponse): readonly Pair[] | undefined {
  return (response as Observed)[HEAD];
}

/** Whether something was written since the last `flush()`. */
export function hasHeldOutput(response: ServerResponse): boolean {
  return (response as Observed).outputData.length > 0;
}

/** Writes what a response holds back to its socket. */
export function flush(response: ServerResponse): void {
  (response as Observed)._flush();
}

/** Tells a handler that its response is over, as Node's server does. */
export function closeHeld(response: ServerResponse): void {
  Object.assign(response, { destroyed: true, _closed: true });
  response.emit('close');
}

/** What `end()` of a response writes to on its socket, beside the calls that are documented. */
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
  // Headers that were set are kept as { lower: [name, value] }, and those of writeHead() come as they were given.
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

/** Whether this Node has all that a held response is made of. */
export function canHoldResponses(): boolean {
  return probe.isPassed;
}
