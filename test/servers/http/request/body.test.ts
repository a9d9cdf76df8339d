import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../../src/wsgi/types.ts';
import { bodyOf, bytes, exchange, Gate, headersOf, RawClient, startServer } from '../_http.ts';

const HOST = 'Host: x\r\n';

/** Sends back what it was sent. */
const echo: WSGIApplication = async function echo(environ, startResponse) {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return [body];
};

/** Answers without reading the body. */
const ignore: WSGIApplication = function ignore(environ, startResponse) {
  startResponse('200 OK', []);
  return [bytes(`<${environ.PATH_INFO}>`)];
};

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
  expect(failure).toMatchObject({ name: 'AbortError' });
  expect(log).toEqual([]);
});

test.each(['at once', 'line by line', 'block by block'])(
  'a body that comes in chunks of a byte is the same when it is read %s',
  async (how) => {
    const sent = Array.from({ length: 30_000 }, (_, i) => (i % 50 === 49 ? '\n' : String(i % 10))).join('');
    const { port } = await startServer(async (environ, startResponse) => {
      const input = environ['wsgi.input'];
      const blocks: Uint8Array[] = [];
      if (how === 'at once') blocks.push(await input.read());
      else if (how === 'line by line') blocks.push(...(await input.readlines()));
      else for await (const block of input) blocks.push(block);
      startResponse('200 OK', []);
      return blocks;
    });
    const head = `POST / HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunks = [...sent].map((byte) => `1\r\n${byte}\r\n`).join('');
    expect(bodyOf(await exchange(port, `${head}${chunks}0\r\n\r\n`))).toBe(sent);
  },
);

test('a thousand bytes that wait, each a chunk of its own, are a few blocks', async () => {
  const gate = new Gate();
  let count = 0;
  const { port } = await startServer(async (environ, startResponse) => {
    const input = environ['wsgi.input'];
    await input.read(1);
    await gate.opened;
    for await (const _block of input) count += 1;
    startResponse('200 OK', []);
    return [];
  });
  const client = await RawClient.connect(port);
  client.send(`POST / HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`);
  client.send('1\r\na\r\n'.repeat(1_000));
  client.send('0\r\n\r\n');
  await new Promise((resolve) => client.socket.write('', resolve));
  gate.open();
  await client.untilClosed();
  expect(count).toBeLessThan(1_000);
});
