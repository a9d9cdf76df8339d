import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ResponseHeads } from '../../../src/servers/http/head.ts';
import type { Header } from '../../../src/wsgi/types.ts';
import { listen } from '../../adapters/_listen.ts';
import { RawClient, startServer } from './_http.ts';

interface Case {
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: readonly Header[];
  readonly method?: string;
  readonly version?: string;
  /** Fields of the request. */
  readonly fields?: string;
  readonly keepAliveTimeoutMs?: number;
}

const LENGTH: Header = ['Content-Length', '5'];
const CLOSE = 'Connection: close\r\n';

/** What Node's own `writeHead()` makes of a case. */
async function byNode({ status = 200, reason = 'OK', headers = [LENGTH], ...asked }: Case): Promise<string> {
  const { port } = await listen(
    (_request, response) => {
      response.writeHead(status, reason, headers as unknown as string[][]);
      response.end(Buffer.from('hello'));
    },
    { keepAliveTimeout: asked.keepAliveTimeoutMs ?? 5_000 },
  );
  return ask(port, asked);
}

async function byOurs({ status = 200, reason = 'OK', headers = [LENGTH], ...asked }: Case): Promise<string> {
  const { port } = await startServer(
    (_environ, startResponse) => {
      startResponse(`${status} ${reason}`, headers);
      return [Buffer.from('hello')];
    },
    { keepAliveTimeoutMs: asked.keepAliveTimeoutMs },
  );
  return ask(port, asked);
}

/** The answer to one request, and its date as a word. */
async function ask(port: number, { method = 'GET', version = '1.1', fields = '' }: Case): Promise<string> {
  const client = await RawClient.connect(port);
  client.send(`${method} / HTTP/${version}\r\nHost: a\r\n${fields}\r\n`);
  // Behind the answer to the second, the connection is closed.
  const isKept = !fields.includes('close') && (version === '1.1' || fields !== '');
  if (isKept) client.send(`GET / HTTP/${version}\r\nHost: a\r\n${CLOSE}\r\n`);
  const answer = await client.untilClosed();
  return answer.replaceAll(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/gm, 'Date: now\r');
}

test.each<[string, Case]>([
  ['a known length', {}],
  ['several headers', { headers: [['X-A', '1'], LENGTH, ['Set-Cookie', 'a=1'], ['set-cookie', 'b=2']] }],
  ['a value in latin-1', { headers: [['X-Name', 'caf\xe9'], LENGTH] }],
  ['an empty value', { headers: [['X-Empty', ''], LENGTH] }],
  ['a reason of its own', { status: 404, reason: 'Nothing Here' }],
  ['an unknown status', { status: 599, reason: 'Odd' }],
  ['a date of its own', { headers: [['date', 'Thu, 01 Jan 1970 00:00:00 GMT'], LENGTH] }],
  ['another header of that length', { headers: [['Vary', 'Cookie'], ['X-Just-As-Long', '1'], LENGTH] }],
  ['HEAD', { method: 'HEAD' }],
  ['a client that closes', { fields: CLOSE }],
  ['HTTP/1.0', { version: '1.0' }],
  ['HTTP/1.0 that is kept', { version: '1.0', fields: 'Connection: keep-alive\r\n' }],
  ['a short time-out', { keepAliveTimeoutMs: 900 }],
  ['a long time-out', { keepAliveTimeoutMs: 65_500 }],
  ['no time-out', { keepAliveTimeoutMs: 0 }],
])('the head is what Node makes of %s', async (_what, wanted) => {
  expect(await byOurs(wanted)).toBe(await byNode(wanted));
});

describe('ResponseHeads', () => {
  function responseOf() {
    const version = { httpVersionMajor: 1, httpVersionMinor: 1 };
    return new ServerResponse(Object.assign(new IncomingMessage(new Socket()), version));
  }

  test('make the common kind', () => {
    const response = responseOf();
    expect(new ResponseHeads(5_000).give(response, 404, 'Not Found', [LENGTH])).toBe(true);
    expect(response).toMatchObject({ statusCode: 404, statusMessage: 'Not Found', headersSent: true });
  });

  test.each<[string, number, readonly Header[], ((response: ServerResponse) => void)?]>([
    ['one of no length', 200, [['X-Just-As-Long', '1']]],
    ['one with a date', 200, [LENGTH, ['Date', 'now']]],
    ['an interim one', 102, [LENGTH]],
    ['204', 204, [LENGTH]],
    ['304', 304, [LENGTH]],
    ['one there is already', 200, [LENGTH], (response) => response.flushHeaders()],
    [
      'the last on its connection',
      200,
      [LENGTH],
      (response) => Object.assign(response, { shouldKeepAlive: false }),
    ],
  ])('leave %s to Node', (_what, status, headers, prepare) => {
    const response = responseOf();
    prepare?.(response);
    expect(new ResponseHeads(5_000).give(response, status, 'Reason', headers)).toBe(false);
  });

  test('have the date of now', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 0, 0, 0, 600) });
    onTestFinished(() => void vi.useRealTimers());
    const heads = new ResponseHeads(5_000);
    const dateNow = () => {
      const response = responseOf();
      heads.give(response, 200, 'OK', [LENGTH]);
      return /Date: .*(\d\d) GMT/.exec((response as ServerResponse & { _header: string })._header)?.[1];
    };
    expect([dateNow(), vi.advanceTimersByTime(399) && dateNow()]).toEqual(['00', '00']);
    expect(vi.advanceTimersByTime(1) && dateNow()).toBe('01');
    expect(vi.advanceTimersByTime(1_000) && dateNow()).toBe('02');
  });
});

describe('a caller that observes heads', () => {
  function watchResponses(act: (response: ServerResponse) => void) {
    const watch = (message: unknown) => act((message as { response: ServerResponse }).response);
    subscribe('http.server.request.start', watch);
    onTestFinished(() => void unsubscribe('http.server.request.start', watch));
  }

  test('may set headers', async () => {
    watchResponses((response) => response.setHeader('X-Trace', '1'));
    expect(await byOurs({})).toContain('\r\nX-Trace: 1\r\n');
  });

  test('may put a writeHead() in the place of Node’s', async () => {
    const seen: number[] = [];
    watchResponses((response) => {
      const { writeHead } = response;
      response.writeHead = (...args: [never]) => {
        seen.push(args[0]);
        return writeHead.apply(response, args);
      };
    });
    await byOurs({ status: 404, reason: 'Not Found' });
    expect(seen).toEqual([404, 404]);
  });
});
