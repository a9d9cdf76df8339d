import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { acceptFor, bytes, capture, createServer, exchange, Gate, RawClient, startServer } from './_http.ts';

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n';

/** Reads the body, and tells what came of it. */
function reader() {
  let failure: unknown;
  const application: WSGIApplication = async (environ, startResponse) => {
    try {
      const body = await environ['wsgi.input'].read();
      startResponse('200 OK', []);
      return [body];
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return { application, failure: () => failure };
}

/** The time begins with the connection: a client of this same process may take long to send the first byte. */
const AFTER_CONNECTING = { headersTimeoutMs: 400 };

test('a head that does not come in time is refused with 408', async () => {
  const { port, clientErrors } = await startServer(capture().application, AFTER_CONNECTING);
  const response = await exchange(port, 'GET / HTTP/1.1\r\nHost:');
  expect(response).toMatch(/^HTTP\/1\.1 408 [\s\S]*\r\nConnection: close\r\n/);
  expect(clientErrors).toEqual([expect.objectContaining({ kind: 'timeout', status: 408 })]);
});

test.each(['GET / HTTP/1.1\r\nHost:', 'G'])(
  'a handed-over head that stops at %j is refused with 408',
  async (head) => {
    const { server } = createServer(capture().application, { headersTimeoutMs: 40 });
    const port = await acceptFor(server, undefined, (socket) => server.accept(socket, Buffer.from(head)));
    expect(await exchange(port, '')).toMatch(/^HTTP\/1\.1 408 /);
  },
);

test('the time limit for a head also applies after a response', async () => {
  const { port } = await startServer(capture().application, AFTER_CONNECTING);
  const response = await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT');
  expect(response).toMatch(/^HTTP\/1\.1 200 [\s\S]*okHTTP\/1\.1 408 /);
});

test('connections without any bytes are closed without a log line', async () => {
  const { port, clientErrors } = await startServer(capture().application, { headersTimeoutMs: 40 });
  const all = await Promise.all(Array.from({ length: 20 }, () => exchange(port, '')));
  expect(new Set(all)).toEqual(new Set(['']));
  expect(clientErrors).toEqual([]);
});

test('a body that does not come in time is refused with 408, and its reader is told', async () => {
  const { application, failure } = reader();
  const { port, clientErrors, log } = await startServer(application, { bodyTimeoutMs: 40 });
  const response = await exchange(port, `${HEAD}hel`);
  expect(response).toMatch(/^HTTP\/1\.1 408 [\s\S]*\r\nConnection: close\r\n/);
  expect(failure()).toMatchObject({ name: 'AbortError' });
  expect(clientErrors).toEqual([expect.objectContaining({ kind: 'timeout', status: 408 })]);
  expect(log).toEqual([]);
});

test('a body that arrives too slowly is refused, however often a byte arrives', async () => {
  const { application } = reader();
  const { port } = await startServer(application, { bodyTimeoutMs: 40 });
  const client = await RawClient.connect(port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
  const drops = setInterval(() => client.send('a'), 10);
  try {
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    clearInterval(drops);
  }
});

test('a client that has sent much of its body, and sends no more, is refused as soon as any other', async () => {
  const { application } = reader();
  const { port } = await startServer(application, { bodyTimeoutMs: 40 });
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n';
  expect(await exchange(port, head + 'a'.repeat(100_000))).toMatch(/^HTTP\/1\.1 408 /);
});

test('while the application does not read, no body is late', async () => {
  const isTime = new Gate();
  const { port } = await startServer(
    async (environ, startResponse) => {
      await isTime.opened;
      startResponse('200 OK', []);
      return [await environ['wsgi.input'].read()];
    },
    { bodyTimeoutMs: 20 },
  );
  const client = await RawClient.connect(port);
  client.send(HEAD);
  setTimeout(() => {
    client.send('hello'); // it comes with the gate, long after the time-out
    isTime.open();
  }, 120);
  expect(await client.until('hello')).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('a body that is late for a response which has begun breaks the response off', async () => {
  const { port, nextRecord } = await startServer(
    async (environ, startResponse) => {
      await startResponse('200 OK', [])(bytes('begun'));
      return [await environ['wsgi.input'].read()];
    },
    { bodyTimeoutMs: 40 },
  );
  const record = nextRecord();
  const response = await exchange(port, HEAD);
  expect(response).toContain('begun');
  expect(response).not.toContain('408');
  expect(await record).toMatchObject({ isAborted: true });
});

test('a client that takes nothing of its response is disconnected, and the application told', async () => {
  let closed = 0;
  const { port, nextRecord, log } = await startServer(
    (_environ, startResponse) => {
      startResponse('200 OK', []);
      const blocks = (function* () {
        for (;;) yield new Uint8Array(1_000_000);
      })();
      return Object.assign(blocks, { close: () => void closed++ });
    },
    { writeTimeoutMs: 100 },
  );
  const record = nextRecord();
  const client = await RawClient.connect(port);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await record).toMatchObject({ status: 200, isAborted: true });
  expect(closed).toBe(1);
  expect(log).toEqual([]);
});

test('a client that takes its response slowly keeps it', async () => {
  const length = 30_000_000;
  const { port } = await startServer(
    (_environ, startResponse) => {
      startResponse('200 OK', []);
      return [new Uint8Array(length)];
    },
    { writeTimeoutMs: 1_000 },
  );
  const client = await RawClient.connect(port);
  let taken = 0;
  // More than the system needs to see taken before it takes more: so the server sees progress after each pause.
  const piece = 4_000_000;
  client.socket.on('data', (text: string) => {
    const hasPiece = Math.floor((taken + text.length) / piece) > Math.floor(taken / piece);
    taken += text.length;
    client.received = '';
    if (!hasPiece) return;
    client.socket.pause();
    setTimeout(() => client.socket.resume(), 200);
  });
  const startedAt = performance.now();
  await client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').untilClosed();
  expect(taken).toBeGreaterThan(length);
  expect(performance.now() - startedAt).toBeGreaterThan(1_000);
});

test('without time-outs a slow client is waited for', async () => {
  const { application } = reader();
  const { port } = await startServer(application, {
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
    writeTimeoutMs: 0,
  });
  const client = await RawClient.connect(port);
  client.send('POST / HTTP/1.1\r\n');
  setTimeout(() => client.send('Host: x\r\nContent-Length: 5\r\n\r\nhe'), 60);
  setTimeout(() => client.send('llo'), 120);
  expect(await client.until('hello')).toMatch(/^HTTP\/1\.1 200 OK/);
});
