import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fromNodeHandler } from '../../../src/adapters/node/from-node-handler.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, Gate, headersOf, RawClient, startServer } from './_http.ts';

const HOST = 'Host: x\r\n';
const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\n${HOST}${fields}\r\n`;
const CLOSE = 'Connection: close\r\n';

/**
 * Answers with the path; `/slow` waits for the gate, `/breaks` fails behind its first block. Counts what was run and
 * closed.
 */
function paths() {
  const gate = new Gate();
  const seen: string[] = [];
  const closed: string[] = [];
  const application: WSGIApplication = async (environ, startResponse) => {
    const path = environ.PATH_INFO;
    seen.push(path);
    await (path === '/slow' ? gate.opened : null);
    startResponse('200 OK', []);
    const blocks = path === '/breaks' ? breaking() : [bytes(`<${path}>`)];
    return Object.assign(blocks, { close: () => void closed.push(path) });
  };
  return { application, seen, closed, release: gate.open };
}

async function* breaking() {
  yield bytes('begun');
  throw new Error('broken');
}

/** Lets the server read what was sent and run what it runs. */
async function untilSeen(seen: readonly string[], path: string): Promise<void> {
  while (!seen.includes(path)) await sleep(1);
}

test('a response that closes the connection is followed by nothing, whatever was sent behind its request', async () => {
  const { application, seen, closed, release } = paths();
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(get('/slow', CLOSE) + get('/2'));
  await untilSeen(seen, '/slow');
  client.send('nonsense\r\n\r\n');
  release();
  const response = await client.untilClosed();
  expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(response).toMatch(/<\/slow>$/);
  await server.close();
  expect(seen).toEqual(['/slow']);
  expect(closed).toEqual(['/slow']);
});

test('malformed bytes after a request of HTTP/1.0 are ignored', async () => {
  const { application, release, seen } = paths();
  const { port, clientErrors } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send('GET /slow HTTP/1.0\r\n\r\n');
  await untilSeen(seen, '/slow');
  client.send('nonsense\r\n\r\n').socket.end();
  release();
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*<\/slow>$/);
  expect(clientErrors).toEqual([]);
});

test('a client that sends a part of a request and closes its side gets the responses before', async () => {
  const { application, release, seen } = paths();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(`${get('/slow')}GET /2 HT`).socket.end();
  await untilSeen(seen, '/slow');
  release();
  expect(await client.untilClosed()).toMatch(/<\/slow>$/);
});

test('an unread body that was asked to be confirmed makes its response the last, an empty one does not', async () => {
  const { application, seen, closed } = paths();
  const { port, server } = await startServer(application);
  const expectation = `${HOST}Expect: 100-continue\r\n`;
  const empty = await RawClient.connect(port);
  const put = `PUT /2 HTTP/1.1\r\n${HOST}Content-Length: 20\r\n\r\n${'x'.repeat(20)}`;
  const unfinished = `POST /3 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`;
  await empty.send(`POST /1 HTTP/1.1\r\n${expectation}\r\n${put}${unfinished}`).until('</3>');
  expect(empty.received.match(/<.*?>/g)).toEqual(['</1>', '</2>', '</3>']);
  const withBody = await RawClient.connect(port);
  withBody.send(`POST /4 HTTP/1.1\r\n${expectation}Content-Length: 5\r\n\r\n`);
  expect(headersOf(await withBody.untilClosed())).toContain('Connection: close');
  empty.socket.destroy();
  await server.close();
  expect(seen).toEqual(closed);
});

test('a response that breaks off behind a slow one ends the connection in its turn', async () => {
  const { application, seen, release } = paths();
  const { port, server, records } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(get('/slow') + get('/breaks') + get('/3'));
  await untilSeen(seen, '/3');
  client.send('nonsense\r\n\r\n');
  release();
  const response = await client.untilClosed();
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*<\/slow>/);
  expect(response).not.toContain('</3>');
  expect(response).not.toContain('HTTP/1.1 400');
  await server.close();
  expect(records.map(({ target, isAborted }) => [target, isAborted]).sort()).toEqual([
    ['/3', true],
    ['/breaks', true],
    ['/slow', false],
  ]);
});

test('a body that is malformed behind a slow request is refused in its turn', async () => {
  const { application, seen, release } = paths();
  const { port, server } = await startServer(async (environ, startResponse) => {
    if (environ.PATH_INFO === '/2') await environ['wsgi.input'].read();
    return application(environ, startResponse);
  });
  const client = await RawClient.connect(port);
  client.send(`${get('/slow')}POST /2 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`);
  await untilSeen(seen, '/slow');
  release();
  const response = await client.untilClosed();
  expect(response).toMatch(/<\/slow>HTTP\/1\.1 400 Bad Request\r\n/);
  await server.close();
  expect(seen).toEqual(['/slow']);
});

test('when a client leaves, what is queued is closed, also where its body has not come', async () => {
  const { application, seen, closed, release } = paths();
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(`${get('/slow')}POST /2 HTTP/1.1\r\n${HOST}${CLOSE}Content-Length: 9\r\n\r\n`);
  await untilSeen(seen, '/2');
  client.reset();
  release();
  await server.close({ timeoutMs: 60_000 });
  expect(server.openRequests).toBe(0);
  expect(closed.sort()).toEqual(['/2', '/slow']);
});

test('a handler that says Connection: close ends the connection, and what waits behind it is given up', async () => {
  const gate = new Gate();
  const seen: string[] = [];
  const handler = fromNodeHandler(async (request, response) => {
    seen.push(request.url!);
    if (request.url === '/1') await gate.opened;
    response.setHeader('Connection', 'close');
    response.end(`<${request.url}>`);
  });
  const { port, server } = await startServer(handler, { onResponse: undefined });
  const client = await RawClient.connect(port);
  client.send(`${get('/1')}${get('/2')}`);
  await untilSeen(seen, '/2');
  gate.open();
  await client.until('</1>');
  client.send(get('/3'));
  expect((await client.untilClosed()).match(/<.*?>/g)).toEqual(['</1>']);
  await server.close({ timeoutMs: 60_000 });
  expect(server.openRequests).toBe(0);
  expect(seen).toEqual(['/1', '/2']);
});

test('what comes behind a request for an upgrade, and may be lost, is announced to be', async () => {
  const { application } = paths();
  const { port } = await startServer(application);
  const upgrade = 'Connection: Upgrade\r\nUpgrade: h2c\r\n';
  const client = await RawClient.connect(port);
  const response = await client.send(get('/1', upgrade) + get('/2')).untilClosed();
  expect(headersOf(response)).toContain('Connection: close');
  expect(response.match(/<.*?>/g)).toEqual(['</1>']);
  const alone = await RawClient.connect(port);
  await alone.send(get('/1', upgrade)).until('</1>');
  expect(await alone.send(get('/2')).until('</2>')).toContain('Connection: keep-alive');
});

test('a client that goes on sending behind the last response reads it, and no reset', async () => {
  const { application } = paths();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  const errors: unknown[] = [];
  client.socket.on('error', (error) => errors.push(error));
  client.send(get('/1', CLOSE) + 'x'.repeat(1_000_000));
  const response = await client.untilClosed();
  expect(response).toMatch(/<\/1>$/);
  if (!client.socket.destroyed) await once(client.socket, 'close');
  expect(errors).toEqual([]);
});

test('shed() ends the given number of connections with their next response, and the others stay', async () => {
  const { application } = paths();
  const { server, port } = await startServer(application);
  const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(port)));
  for (const client of clients) await client.send(get('/')).until('</>');
  server.shed(1);
  server.shed(2); // of which one is chosen already
  for (const client of clients) {
    client.received = '';
    await client.send(get('/again')).until('</again>');
  }
  const ended = clients.filter(({ received }) => headersOf(received).includes('Connection: close'));
  expect(ended).toHaveLength(2);
});
