import { createAdaptorServer } from '@hono/node-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toFetch } from '../../src/adapters/fetch/index.ts';
import { toNodeHandler } from '../../src/adapters/node/index.ts';
import type { Middleware } from '../../src/handler/index.ts';
import { path } from '../../src/handler/urls/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { validator } from '../../src/wsgi/validate/index.ts';
import { listen } from '../adapters/_listen.ts';
import { bytes, Gate, RawClient, startServer } from '../servers/http/_http.ts';
import { createApplication } from './_client.ts';

type View = (request: Request) => Response | Promise<Response>;

async function listenByHono(application: WSGIApplication): Promise<{ port: number }> {
  const server = createAdaptorServer({ fetch: toFetch(application) });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address() as { port: number };
}

const SERVERS: readonly (readonly [string, (application: WSGIApplication) => Promise<{ port: number }>])[] = [
  ['our server', startServer],
  ['our server and the validator', (application) => startServer(validator(application))],
  ['toNodeHandler()', (application) => listen(toNodeHandler(application))],
  ['toFetch()', listenByHono],
];

describe.each(SERVERS)('behind %s', (_, serve) => {
  /** Sends a request to a view. */
  async function ask(view: View, head = 'GET /', MIDDLEWARE: readonly Middleware[] = []): Promise<RawClient> {
    const application = await createApplication([path('', view)], { MIDDLEWARE });
    const { port } = await serve(application);
    const client = await RawClient.connect(port);
    const [line, ...rest] = head.split('\n');
    return client.send([`${line} HTTP/1.1`, 'Host: testserver', ...rest, '', ''].join('\r\n'));
  }

  /** A view that waits until its client has gone, and what it is told then. */
  function waiting(asked: (request: Request) => AbortSignal = ({ signal }) => signal) {
    const begun = new Gate();
    const aborted = new Gate();
    const told: unknown[] = [];
    const view: View = async (request) => {
      const signal = asked(request);
      signal.addEventListener('abort', () => {
        told.push(signal.reason);
        aborted.open();
      });
      begun.open();
      await aborted.opened;
      signal.throwIfAborted();
      throw new Error('It was not aborted.');
    };
    return { view, begun, aborted, told };
  }

  test('a view is notified when its client has disconnected', async () => {
    const { view, begun, aborted, told } = waiting();
    const client = await ask(view);
    await begun.opened;
    client.reset();
    await aborted.opened;
    expect(told[0]).toBeInstanceOf(Error);
    expect(told[0]).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  });

  test('what waits for the body gets the same error', async () => {
    const { view, begun, aborted, told } = waiting();
    const failed = new Gate();
    let failure: unknown;
    const reading: View = (request) => {
      request.text().catch((error) => {
        failure = error;
        failed.open();
      });
      return view(request);
    };
    const client = await ask(reading, 'POST /\nContent-Length: 10');
    client.send('abc');
    await begun.opened;
    client.reset();
    await aborted.opened;
    await failed.opened;
    expect(failure).toBe(told[0]);
  });

  test('a stream is cancelled as well', async () => {
    const { view, aborted } = waiting();
    const client = await ask((request) => {
      Promise.resolve(view(request)).catch(() => {}); // it is what is awaited below
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(bytes('first')) }), {
        headers: { 'content-type': 'text/plain' },
      });
    });
    await client.until('first');
    client.reset();
    await aborted.opened;
  });

  test('a signal of a request that was answered is never aborted', async () => {
    let signal: AbortSignal | undefined;
    const client = await ask((request) => {
      ({ signal } = request);
      return new Response('done');
    }, 'GET /\nConnection: close');
    await client.untilClosed();
    client.reset();
    expect(signal?.aborted).toBe(false);
  });

  test.each<[string, (request: Request) => Request]>([
    ['a clone', (request) => request.clone() as Request],
    ['one that was made of it', (request) => new Request(request, { headers: { 'x-own': '1' } })],
    [
      'one with a signal of its own',
      (request) => new Request(request.url, { signal: new AbortController().signal }),
    ],
  ])('it is aborted where middleware passes on %s', async (_, other) => {
    const { view, begun, aborted } = waiting();
    const passing: Middleware = (getResponse) => (request) => getResponse(other(request));
    const client = await ask(view, 'GET /', [passing]);
    await begun.opened;
    client.reset();
    await aborted.opened;
  });

  test('a request that a view makes of it is aborted with it', async () => {
    const { view, begun, aborted } = waiting((request) => new Request('http://127.0.0.1:9/', request).signal);
    const client = await ask(view);
    await begun.opened;
    client.reset();
    await aborted.opened;
  });
});

test('an error of a view that its client’s disconnect has caused is not logged as one of the site', async () => {
  const begun = new Gate();
  const view: View = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(abortErrorOf(signal)));
      begun.open();
    });
  const { port, log, nextRecord } = await startServer(await createApplication([path('', view)]));
  const client = (await RawClient.connect(port)).send('GET / HTTP/1.1\r\nHost: testserver\r\n\r\n');
  await begun.opened;
  const over = nextRecord();
  client.reset();
  await over;
  expect(log).toEqual([]);
});

/** As functions of Node's throw it that are given a signal. */
function abortErrorOf(signal: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
  });
}
