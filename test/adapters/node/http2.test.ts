import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { expect, onTestFinished, test } from 'vitest';
import { toFetch } from '../../../src/adapters/fetch/index.ts';
import { toNodeHandler } from '../../../src/adapters/node/index.ts';
import { path } from '../../../src/handler/urls/index.ts';
import type { Environ, StartResponse, WSGIApplication } from '../../../src/wsgi/types.ts';
import { selfSigned } from '../../conformance/_certificate.ts';
import { createApplication } from '../../handler/_client.ts';

const STREAMS = 100;

interface Answer {
  readonly status: number;
  readonly headers: http2.IncomingHttpHeaders;
  readonly body: string;
}

type Listener = Parameters<typeof http2.createSecureServer>[1];

async function connect(listener: Listener): Promise<http2.ClientHttp2Session> {
  const server = http2.createSecureServer({ ...selfSigned(), allowHTTP1: true }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session;
}

async function ask(session: http2.ClientHttp2Session, target: string, body?: string): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  const stream = session.request({ ':path': target, ':method': method });
  stream.end(body);
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status': number }];
  return { status: headers[':status'], headers, body: Buffer.concat(await stream.toArray()).toString() };
}

/** As docs/frameworks.md has it. */
function listenerOf(application: WSGIApplication): Listener {
  const fetchApplication = toFetch(application, {
    environ: (_request, { incoming }: HttpBindings | Http2Bindings) => ({
      REMOTE_ADDR: incoming.socket.remoteAddress,
      SERVER_PROTOCOL: `HTTP/${incoming.httpVersion}`,
    }),
  });
  return getRequestListener(fetchApplication) as Listener;
}

test('a site is served over HTTP/2 by toFetch(), many requests at once', async () => {
  const application = await createApplication(
    [
      path('echo/<int:n>/', async (request, { n }) => {
        const headers = new Headers([
          ['set-cookie', `a=${n}`],
          ['set-cookie', 'b=2'],
          ['connection', 'keep-alive'],
        ]);
        return new Response(`${n} ${await request.text()} ${request.url}`, { headers });
      }),
    ],
    { ALLOWED_HOSTS: ['127.0.0.1'] },
  );
  const session = await connect(listenerOf(application));
  const numbers = Array.from({ length: STREAMS }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => ask(session, `/echo/${n}/`, `body ${n}`)));
  for (const n of numbers) {
    const { status, headers, body } = answers[n]!;
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual([`a=${n}`, 'b=2']);
    expect(body).toMatch(new RegExp(`^${n} body ${n} https://127\\.0\\.0\\.1:\\d+/echo/${n}/$`));
  }
});

test('an application sees the address and the protocol, and its blocks come as it yields them', async () => {
  const session = await connect(
    listenerOf(async function* application(environ: Environ, startResponse: StartResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      yield new TextEncoder().encode(`${environ.REMOTE_ADDR} ${environ.SERVER_PROTOCOL} `);
      await new Promise(setImmediate);
      yield new TextEncoder().encode(environ['wsgi.url_scheme']);
    } as unknown as WSGIApplication),
  );
  expect((await ask(session, '/')).body).toBe('127.0.0.1 HTTP/2.0 https');
});

test('an application is closed whose client resets its stream', async () => {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const session = await connect(
    listenerOf((_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      const blocks = (async function* () {
        for (;;) yield new Uint8Array(1024);
      })();
      return Object.assign(blocks, { close });
    }),
  );
  const stream = session.request({ ':path': '/' });
  await once(stream, 'response');
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await closed;
});

test('toNodeHandler() refuses HTTP/2, without a warning, and says what to do', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const handler = toNodeHandler(() => []);
  const session = await connect(handler as unknown as Listener);
  const { status, body } = await ask(session, '/');
  expect(status).toBe(505);
  expect(body).toContain('toFetch(application)');
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([]);
});
