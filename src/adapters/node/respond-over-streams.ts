import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair, Readable } from 'node:stream';
import { requestBlocks } from '../../web/request/request-body.ts';
import { withoutConnectionHeaders } from '../../wsgi/connection-headers.ts';
import { ConnectionDropped, describeError } from '../../wsgi/errors.ts';
import type { Environ, Header, WSGIResponse } from '../../wsgi/types.ts';
import { localAddressOf } from './bridge-socket.ts';
import type { NodeCall } from './handler.ts';
import { describeEnviron } from './request.ts';

/**
 * Runs a handler in a separate Node HTTP server, connected to a Node client by a pair of streams. This is slower, and
 * uses only documented features of Node.
 */
export function respondOverStreams(call: NodeCall): WSGIResponse {
  const { environ, startResponse } = call;
  const [near, far] = duplexPair();
  const answered = send(call, near, far);
  answered.catch(() => {}); // The error is reported when the response is read.

  async function* blocks(): AsyncGenerator<Uint8Array, void> {
    const response = await answered;
    startResponse(`${response.statusCode} ${response.statusMessage}`, headersOf(response));
    if (environ.REQUEST_METHOD !== 'HEAD') yield* response;
  }
  const iterator = blocks();
  const destroy = () => void near.destroy();
  return Object.assign(iterator, { destroy, close: destroy });
}

function send(call: NodeCall, near: Duplex, far: Duplex): Promise<IncomingMessage> {
  const { environ } = call;
  Object.assign(far, {
    remoteAddress: environ.REMOTE_ADDR,
    remotePort: environ.REMOTE_PORT === undefined ? undefined : Number(environ.REMOTE_PORT),
    localAddress: localAddressOf(environ),
    localPort: Number(environ.SERVER_PORT),
    encrypted: environ['wsgi.url_scheme'] === 'https',
    setTimeout: () => far, // The server's own connection has timeouts.
  });
  far.on('error', () => {}); // If a handler destroys it with an error, the error is reported with the response.
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    let sendBody: (() => void) | undefined;
    const fail = (error: unknown) => {
      if (isAnswered) environ['wsgi.errors'].write(describeError(error));
      else reject(error);
      far.destroy();
    };
    const server = createServer({ requireHostHeader: false }, (request, response) => {
      response.sendDate = false;
      describeEnviron(request, call);
      onFirstRead(request, () => {
        if (!response.writableEnded) sendBody?.();
      });
      void callHandler(call, request, response).catch(fail);
    });
    server.emit('connection', far);
    far.once('close', () => near.destroy());
    near.once('close', () => far.destroy());
    const asked = ask({
      createConnection: () => near as never,
      method: environ.REQUEST_METHOD,
      headers: framingOf(environ),
      setHost: false,
    });
    asked.once('response', (response) => {
      isAnswered = true;
      resolve(response);
    });
    asked.on('error', () => reject(far.errored ?? new ConnectionDropped()));
    const body = requestBlocks(environ);
    if (body === undefined) {
      asked.end();
      return;
    }
    asked.flushHeaders();
    sendBody = () =>
      Readable.from({ [Symbol.asyncIterator]: () => body })
        .on('error', fail)
        .pipe(asked);
  });
}

/**
 * Delays the request body until the handler reads it. Otherwise a client that waits for `100 Continue` would be asked
 * for a body that is not used.
 */
function onFirstRead(request: IncomingMessage, act: () => void): void {
  let isRead = false;
  const read = () => {
    if (!isRead) act();
    isRead = true;
  };
  request.once('resume', read);
  request.on('newListener', (event) => {
    if (event === 'data' || event === 'readable') read();
  });
}

async function callHandler({ handler }: NodeCall, request: IncomingMessage, response: ServerResponse) {
  await handler(request, response);
}

function framingOf({
  CONTENT_LENGTH: length,
  HTTP_TRANSFER_ENCODING: coding,
}: Environ): Record<string, string> {
  if (length) return { 'content-length': length };
  return coding === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

function headersOf({ rawHeaders }: IncomingMessage): readonly Header[] {
  const headers: Header[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  return withoutConnectionHeaders(headers);
}
