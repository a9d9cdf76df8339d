import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { bodyOf, bytes, exchange, Gate, headersOf, RawClient, startServer, untilStill } from './_http.ts';

const HOST = 'Host: x\r\n';

/** Sends back what it was sent. */
const echo: WSGIApplication = async function echo(environ, startResponse) {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return [body];
};

/** Answers without a look at the body. */
const ignore: WSGIApplication = function ignore(environ, startResponse) {
  startResponse('200 OK', []);
  return [bytes(`<${environ.PATH_INFO}>`)];
};

test('a body with a length is read', async () => {
  const { url } = await startServer(echo);
  const response = await fetch(url, { method: 'POST', body: 'hello' });
  expect(await response.text()).toBe('hello');
});

test('a chunked body is read, with its extensions and trailers left out', async () => {
  const { port } = await startServer(echo);
  const chunks = '5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n';
  const response = await exchange(
    port,
    `POST / HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  );
  expect(bodyOf(response)).toBe('hello world');
});

test('a request without a body gives none', async () => {
  const { url } = await startServer(echo);
  expect(await (await fetch(url)).text()).toBe('');
});

test('a body of 64 MiB streams through without being gathered', async () => {
  const size = 64 * 1024 * 1024;
  let peak = 0;
  const { url } = await startServer(async (environ, startResponse) => {
    let length = 0;
    for await (const block of environ['wsgi.input']) {
      length += block.length;
      peak = Math.max(peak, block.length);
    }
    startResponse('200 OK', []);
    return [bytes(String(length))];
  });
  const block = new Uint8Array(256 * 1024);
  const body = ReadableStream.from(
    (async function* () {
      for (let sent = 0; sent < size; sent += block.length) yield block;
    })(),
  );
  const response = await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
  expect(await response.text()).toBe(String(size));
  expect(peak).toBeLessThan(1024 * 1024);
});

test('a client is made to wait while nobody reads', async () => {
  const mayRead = new Gate();
  const { port } = await startServer(async (environ, startResponse) => {
    await environ['wsgi.input'].read(1);
    await mayRead.opened;
    const rest = await environ['wsgi.input'].read();
    startResponse('200 OK', []);
    return [bytes(String(rest.length))];
  });
  const client = await RawClient.connect(port);
  const size = 32 * 1024 * 1024;
  client.send(`POST / HTTP/1.1\r\n${HOST}Content-Length: ${size}\r\n\r\n`).send(new Uint8Array(size));
  // When the kernel's buffers are full, what is left stays here.
  await untilStill(() => client.socket.writableLength);
  expect(client.socket.writableLength).toBeGreaterThan(0);
  mayRead.open();
  expect(await client.until(String(size - 1))).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('a body that nobody reads is not taken for the next request', async () => {
  const { port } = await startServer(ignore);
  const body = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;
  const response = await exchange(
    port,
    `POST /1 HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}GET /2 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  );
  expect(response.match(/<.*?>/g)).toEqual(['</1>', '</2>']);
});

test('a body that was read in part is not taken for the next request', async () => {
  const { port } = await startServer(async (environ, startResponse) => {
    await environ['wsgi.input'].read(3);
    return ignore(environ, startResponse);
  });
  const body = 'x'.repeat(500_000);
  const response = await exchange(
    port,
    `POST /1 HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}GET /2 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  );
  expect(response.match(/<.*?>/g)).toEqual(['</1>', '</2>']);
});

test.each(['no body', 'a body'])(
  'a client that is still sending gets a response with %s before the connection is closed',
  async (kind) => {
    const { port } = await startServer(
      (environ, startResponse) => {
        if (kind === 'a body') return ignore(environ, startResponse);
        startResponse('204 No Content', []);
        return [];
      },
      { keepAlive: false },
    );
    const client = await RawClient.connect(port);
    const size = 8 * 1024 * 1024;
    client.send(`POST /1 HTTP/1.1\r\n${HOST}Content-Length: ${size}\r\n\r\n`);
    await client.until('\r\n\r\n');
    client.send(new Uint8Array(size));
    const response = await client.untilClosed();
    expect(headersOf(response)).toContain('Connection: close');
    expect(bodyOf(response)).toBe(kind === 'a body' ? '</1>' : '');
    expect(client.socket.writableLength).toBe(0);
  },
);

test('a read after the end of the response is refused, not left to wait', async () => {
  let late: Promise<unknown> | undefined;
  const { port, server } = await startServer((environ, startResponse) => {
    late = environ['wsgi.input'].read().catch((error: Error) => error.message);
    return ignore(environ, startResponse);
  });
  const client = await RawClient.connect(port);
  client.send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nab`);
  await client.until('</>');
  expect(await late).toContain('The response has ended');
  client.socket.destroy();
  await server.close();
});

test('100 Continue is sent when the application reads, and then the body comes', async () => {
  const { port } = await startServer(echo);
  const client = await RawClient.connect(port);
  client.send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
  expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  expect(await client.send('hello').until('hello')).toMatch(/HTTP\/1\.1 200 OK/);
});

test('100 Continue is not sent when the application does not read, and the connection is closed', async () => {
  const { port } = await startServer(ignore);
  const response = await exchange(
    port,
    `POST /1 HTTP/1.1\r\n${HOST}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
  );
  expect(response).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(headersOf(response)).toContain('Connection: close');
});

test('an expectation that is unknown is refused with 417', async () => {
  const { port } = await startServer(echo);
  const response = await exchange(
    port,
    `GET / HTTP/1.1\r\n${HOST}Connection: close\r\nExpect: wonders\r\n\r\n`,
  );
  expect(response).toMatch(/^HTTP\/1\.1 417 /);
});

test('a client that goes away in the middle of its body fails the read', async () => {
  const isReading = new Gate();
  let failure: unknown;
  const { port, nextRecord, log } = await startServer(async (environ) => {
    await environ['wsgi.input'].read(2);
    isReading.open();
    try {
      await environ['wsgi.input'].read();
    } catch (error) {
      failure = error;
      throw error;
    }
    return [];
  });
  const record = nextRecord();
  const client = await RawClient.connect(port);
  client.send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nabc`);
  await isReading.opened;
  client.socket.destroy();
  await once(client.socket, 'close');
  expect(await record).toMatchObject({ status: 0, isAborted: true });
  expect(failure).toMatchObject({ name: 'ClientDisconnected' });
  expect(log).toEqual([]);
});
