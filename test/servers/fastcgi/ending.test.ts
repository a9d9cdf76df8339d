import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ResponseRecord } from '../../../src/servers/index.ts';
import { clientOf } from '../../../src/wsgi/environ/client-presence.ts';
import type { Environ, WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import {
  ABORT,
  acceptFastCgi,
  begin,
  END,
  frame,
  PARAMS,
  params,
  request,
  Signal,
  STDIN,
  STDOUT,
  serveFastCgi,
  type WebServer,
} from './_fastcgi.ts';

/** An application whose response goes on until its client goes. */
function endless() {
  const seen = {
    closed: 0,
    blocks: 0,
    environ: undefined as Environ | undefined,
    error: undefined as unknown,
  };
  const closed = new Signal();
  const application: WSGIApplication = (environ, startResponse) => {
    seen.environ = environ;
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    async function* blocks() {
      for (;;) {
        seen.blocks += 1;
        yield Buffer.alloc(16 * 1024, 'x');
        await nextTurn();
      }
    }
    const response: WSGIResponse = blocks();
    response.close = () => {
      seen.closed += 1;
      closed.give();
    };
    return response;
  };
  return { application, seen, closed };
}

const hello: WSGIApplication = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(`hello ${environ.PATH_INFO}`)];
};

/** Answers when it is told to. */
function waiting() {
  const called = new Signal();
  const answer = new Signal();
  const application: WSGIApplication = async (environ, startResponse) => {
    called.give();
    await answer.given;
    return hello(environ, startResponse);
  };
  return { application, called, answer };
}

async function firstOutput(web: WebServer, id = 1): Promise<void> {
  await web.saw((record) => record.type === STDOUT && record.id === id);
}

test('a request that is aborted in the middle of its response ends at once, and its client has gone', async () => {
  const { application, seen, closed } = endless();
  const { connect } = await serveFastCgi(application);
  const web = await connect();
  web.send(request(1));
  await firstOutput(web);
  web.send(frame(ABORT, 1));
  const end = await web.saw(({ type }) => type === END);
  expect([...end.content]).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
  await closed.given;
  expect(seen.closed).toBe(1);
  expect(clientOf(seen.environ!)?.isDisconnected).toBe(true);
  expect(clientOf(seen.environ!)?.signal.aborted).toBe(true);
});

test('a request is aborted at any moment: in each the connection goes on', async () => {
  const { application, answer } = waiting();
  const { connect, server } = await serveFastCgi(application);
  const web = await connect();
  const bytes = request(1, { body: 'body' });
  const abort = frame(ABORT, 1);
  // behind the beginning, within the variables, behind them, and within the body
  for (const end of [16, 16, bytes.length - 36, bytes.length - 20, bytes.length - 8]) {
    const records = completeRecords(bytes, end);
    web.send(records, abort);
    expect(await web.answer()).toMatchObject({ appStatus: 1, protocolStatus: 0, stdout: '' });
  }
  web.send(abort); // none is open
  web.send(frame(9, 0)); // which is answered
  await web.saw(({ type }) => type === 10);
  expect(web.records.filter(({ type }) => type === END)).toEqual([]);
  answer.give();
  while (server.openRequests > 0) await nextTurn();
});

/** The records that end before a place. */
function completeRecords(bytes: Buffer, place: number): Buffer {
  let end = 0;
  for (let next = 0; next <= place; next += 8 + bytes.readUInt16BE(end + 4) + bytes[end + 6]!) end = next;
  return bytes.subarray(0, end);
}

test('a read of the body is rejected when its request is aborted', async () => {
  let resolve: (error: unknown) => void;
  const error = new Promise((caught) => {
    resolve = caught;
  });
  const called = new Signal();
  const { connect } = await serveFastCgi(async (environ, startResponse) => {
    called.give();
    await environ['wsgi.input'].read().catch(resolve);
    startResponse('200 OK', []);
    return [];
  });
  const web = await connect();
  const variables = { REQUEST_METHOD: 'POST', PATH_INFO: '/', CONTENT_LENGTH: '5' };
  web.send(begin(1), params(1, variables), frame(STDIN, 1, 'abc'));
  await called.given;
  web.send(frame(ABORT, 1));
  expect(await error).toMatchObject({ name: 'AbortError' });
});

test('the aborting of one request leaves the others of its connection alone', async () => {
  const { application, closed } = endless();
  const { connect } = await serveFastCgi((environ, startResponse) =>
    (environ.PATH_INFO === '/endless' ? application : hello)(environ, startResponse),
  );
  const web = await connect();
  const other = request(2, { path: '/other' });
  web.send(request(1, { path: '/endless' }), other.subarray(0, 40));
  await firstOutput(web);
  web.send(other.subarray(40), frame(ABORT, 1));
  expect((await web.answer(2)).stdout).toMatch(/hello \/other$/);
  await closed.given;
});

test('the end of a connection is the end of the clients of all its requests', async () => {
  const { application, seen, closed } = endless();
  const { connect, server } = await serveFastCgi(application);
  const web = await connect();
  web.send(request(1));
  await firstOutput(web);
  web.socket.end();
  await closed.given;
  expect(seen.closed).toBe(1);
  expect(clientOf(seen.environ!)?.isDisconnected).toBe(true);
  await nextTurn();
  expect(server.openRequests).toBe(0);
});

test('an application that waits for nothing is told too when the web server closes the connection', async () => {
  const gone = new Signal();
  const called = new Signal();
  const { connect } = await serveFastCgi(async (environ, startResponse) => {
    clientOf(environ)!.signal.addEventListener('abort', gone.give);
    called.give();
    await gone.given;
    startResponse('200 OK', []);
    return [];
  });
  const web = await connect();
  web.send(request(1));
  await called.given;
  web.socket.destroy();
  await gone.given;
});

test('a web server that does not read makes the application wait', async () => {
  const { application, seen } = endless();
  const { connect } = await acceptFastCgi(application);
  const { web, socket } = await connect();
  web.socket.pause();
  web.send(request(1));
  while (!socket.writableNeedDrain || socket.writableLength < 16 * 1024) await nextTurn();
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  const { blocks } = seen;
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect(seen.blocks).toBe(blocks);
  expect(socket.writableLength).toBeLessThan(256 * 1024);
  web.socket.resume();
  while (seen.blocks < blocks + 10) await nextTurn();
});

test('an application that does not read its body makes the web server wait, and other requests of the connection with it', async () => {
  const start = new Signal();
  const read: number[] = [];
  const { connect } = await acceptFastCgi(async (environ, startResponse) => {
    await start.given;
    const body = await environ['wsgi.input'].read();
    read.push(body.length);
    startResponse('200 OK', []);
    return [Buffer.from(String(body.length))];
  });
  const { web, socket } = await connect();
  const variables = { REQUEST_METHOD: 'POST', PATH_INFO: '/' };
  const paused = once(socket, 'pause');
  web.send(begin(1), params(1, variables), begin(2), params(2, variables));
  const block = Buffer.alloc(32 * 1024, 'x');
  for (let i = 0; i < 256; i++) web.send(frame(STDIN, 1, block), frame(STDIN, 2, block));
  web.send(frame(STDIN, 1), frame(STDIN, 2));
  await paused;
  // what each request may hold, and what was read at once
  expect(socket.bytesRead).toBeLessThan(3 * 64 * 1024 + 64 * 1024);
  start.give();
  expect((await web.answer(1)).stdout).toMatch(/\r\n8388608$/);
  expect((await web.answer(2)).stdout).toMatch(/\r\n8388608$/);
});

test('what a response has left unread of its body holds nothing back', async () => {
  const { connect } = await serveFastCgi(hello);
  const web = await connect();
  const variables = { REQUEST_METHOD: 'POST', PATH_INFO: '/unread' };
  const block = Buffer.alloc(60_000, 'x');
  web.send(begin(1), params(1, variables), ...Array.from({ length: 20 }, () => frame(STDIN, 1, block)));
  expect((await web.answer()).stdout).toMatch(/hello \/unread$/);
  web.send(...Array.from({ length: 20 }, () => frame(STDIN, 1, block)), frame(STDIN, 1));
  expect((await web.ask({ path: '/next' })).stdout).toMatch(/hello \/next$/);
});

test('a body that has come as a whole and is not read holds nothing back', async () => {
  const { connect } = await serveFastCgi(hello);
  const web = await connect();
  for (let i = 0; i < 3; i++)
    expect((await web.ask({ path: '/a', body: 'x'.repeat(64_000) })).stdout).toMatch(/hello \/a$/);
});

test('a web server that asks and does not read the answers is not read from until it does', async () => {
  const { connect } = await acceptFastCgi(hello);
  const { web, socket } = await connect();
  web.socket.removeAllListeners('data').pause();
  const questions = Buffer.alloc(400_000, frame(200, 0));
  let asked = 0;
  while (!socket.isPaused()) {
    web.send(questions);
    asked += questions.length;
    await nextTurn();
  }
  expect(socket.writableLength).toBeLessThan(512 * 1024);
  let answered = 0;
  web.socket.on('data', (bytes: Buffer) => {
    answered += bytes.length;
  });
  web.socket.resume();
  while (answered < asked * 2) await once(web.socket, 'data');
});

test('a response that breaks off ends the connection with bytes that are not a record', async () => {
  const { connect } = await serveFastCgi(
    (_environ, startResponse) => {
      startResponse('200 OK', []);
      return (async function* () {
        yield Buffer.from('begun');
        throw new Error('It failed.');
      })();
    },
    { onError: () => {} },
  );
  const web = await connect();
  web.send(request(1));
  await firstOutput(web);
  await web.ended();
  expect(web.records.filter(({ type }) => type === END)).toEqual([]);
  expect(web.records.at(-1)).toMatchObject({ type: 0, id: 0 });
});

test('a response that breaks off beside others ends with an exit status, and the others go on', async () => {
  const { application, called, answer } = waiting();
  const { connect } = await serveFastCgi(
    (environ, startResponse) => {
      if (environ.PATH_INFO === '/waiting') return application(environ, startResponse);
      startResponse('200 OK', [['Content-Length', '10']]);
      return (async function* () {
        yield Buffer.from('begun');
        throw new Error('It failed.');
      })();
    },
    { onError: () => {} },
  );
  const web = await connect();
  web.send(request(1, { path: '/waiting' }));
  await called.given;
  web.send(request(2));
  expect(await web.answer(2)).toMatchObject({ appStatus: 1, stdout: expect.stringMatching(/begun$/) });
  answer.give();
  expect((await web.answer(1)).stdout).toMatch(/hello \/waiting$/);
  expect(web.isEnded).toBe(false);
});

test('a server that closes answers what is open, and the last response ends its connection', async () => {
  const { application, called, answer } = waiting();
  const { connect, server } = await serveFastCgi(application);
  const web = await connect();
  web.send(request(1));
  await called.given;
  const closing = server.close({ graceMs: 10 });
  await nextTurn();
  answer.give();
  expect((await web.answer()).stdout).toMatch(/hello \/$/);
  await web.ended();
  await closing;
});

test('a request that comes to an idle connection while the server closes is answered, as its last', async () => {
  const { connect, server } = await serveFastCgi(hello);
  const web = await connect();
  await web.ask();
  const closing = server.close({ graceMs: 500 });
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect((await web.ask({ path: '/late' })).stdout).toMatch(/hello \/late$/);
  await web.ended();
  await closing;
});

test('an idle connection ends with FIN when its grace is over, and one with a part of a request waits for the rest', async () => {
  const { connect, server } = await serveFastCgi(hello);
  const [idle, partial] = [await connect(), await connect()];
  await idle.ask();
  const bytes = request(1, { path: '/partial' });
  partial.send(bytes.subarray(0, 30));
  await idle.ask();
  const closing = server.close({ graceMs: 20 });
  await idle.ended();
  partial.send(bytes.subarray(30));
  expect((await partial.answer()).stdout).toMatch(/hello \/partial$/);
  await partial.ended();
  await closing;
});

test('requests that are still open at the deadline are cut', async () => {
  let cuts = 0;
  const { application, called, answer } = waiting();
  const { connect, server } = await serveFastCgi(application, { onCut: () => (cuts += 1) });
  const web = await connect();
  web.send(request(1));
  await called.given;
  await server.close({ timeoutMs: 10, graceMs: 0 });
  expect(cuts).toBe(1);
  await web.ended();
  answer.give();
});

test('a connection that is shed ends with its next response', async () => {
  const { connect, server } = await serveFastCgi(hello);
  const [first, second] = [await connect(), await connect()];
  await first.ask();
  await second.ask();
  server.shed(1);
  expect((await first.ask({ path: '/last' })).stdout).toMatch(/hello \/last$/);
  await first.ended();
  await second.ask();
  expect(second.isEnded).toBe(false);
});

test('a connection that was accepted elsewhere is served with what was read of it there', async () => {
  const { server } = await serveFastCgi(hello);
  const net = await import('node:net');
  const listener = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = net.connect((listener.address() as { port: number }).port, '127.0.0.1');
  const [socket] = (await once(listener, 'connection')) as [import('node:net').Socket];
  const bytes = request(1, { keep: false });
  server.accept(socket, bytes.subarray(0, 33));
  client.write(bytes.subarray(33));
  let text = '';
  for await (const block of client) text += block;
  expect(text).toContain('hello /');
  listener.close();
});

test('each response is reported, with what the web server said of its request', async () => {
  const records: ResponseRecord[] = [];
  const { connect, server } = await serveFastCgi(hello, {
    onResponse: (record) => void records.push(record),
  });
  const web = await connect();
  const variables = { REMOTE_ADDR: '192.0.2.1', REQUEST_URI: '/a?b=c', HTTP_USER_AGENT: 'test' };
  await web.ask({ path: '/a', variables });
  while (server.endedRequests < 1) await nextTurn();
  const [record] = records;
  expect(record).toMatchObject({
    method: 'GET',
    target: '/a?b=c',
    httpVersion: '1.1',
    status: 200,
    bytes: 8,
    remoteAddress: '192.0.2.1',
    isAborted: false,
  });
  expect(record?.requestHeader('user-agent')).toBe('test');
  expect(record?.responseHeader('content-type')).toBe('text/plain');
  expect(record?.environ?.PATH_INFO).toBe('/a');
});

test('a response that broke off by its client is reported as such', async () => {
  const records: ResponseRecord[] = [];
  const { application, closed } = endless();
  const { connect } = await serveFastCgi(application, { onResponse: (record) => void records.push(record) });
  const web = await connect();
  web.send(request(1));
  await firstOutput(web);
  web.socket.destroy();
  await closed.given;
  while (records.length === 0) await nextTurn();
  expect(records).toMatchObject([{ status: 200, isAborted: true }]);
});

test('the requests in hand are those of all connections', async () => {
  const { application, called, answer } = waiting();
  const { connect, server } = await serveFastCgi(application);
  const web = await connect();
  web.send(request(1, { path: '/a', variables: { REMOTE_ADDR: '192.0.2.1' } }), request(2, { path: '/b' }));
  await called.given;
  expect(server.requestsInHand(5)).toMatchObject([
    { method: 'GET', target: '/a', client: '192.0.2.1' },
    { method: 'GET', target: '/b', client: '127.0.0.1' },
  ]);
  expect(server.requestsInHand(1)).toHaveLength(1);
  answer.give();
  await web.answer(2);
  expect(server.connections).toBe(1);
});

test('variables alone are not a request that is being answered', async () => {
  const { connect, server } = await serveFastCgi(hello);
  const web = await connect();
  web.send(begin(1), frame(PARAMS, 1, '\x01\x01AB'), frame(9, 0));
  await web.saw(({ type }) => type === 10);
  expect(server.openRequests).toBe(0);
  expect(server.connections).toBe(1);
});
