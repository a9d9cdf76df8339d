import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, RawClient, startServer } from './_http.ts';
import { ACCEPTED, REFUSED } from './_requests.ts';

const NEXT_REQUEST = 'GET /next HTTP/1.1\r\nHost: x\r\n\r\n';
const LAST_REQUEST = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** Reads the body first, and keeps what came of it. */
function reader() {
  const seen: Record<string, unknown>[] = [];
  const application: WSGIApplication = async (environ, startResponse) => {
    const body = Buffer.from(await environ['wsgi.input'].read()).toString('latin1');
    seen.push({ ...environ, body });
    startResponse('200 OK', []);
    return [bytes('ok')];
  };
  return { application, seen };
}

/** Answers at once and leaves the body alone. */
function deaf() {
  const seen: string[] = [];
  const application: WSGIApplication = (environ, startResponse) => {
    seen.push(environ.PATH_INFO);
    startResponse('200 OK', []);
    return [bytes('ok')];
  };
  return { application, seen };
}

test.each(REFUSED)(
  '%s is refused once, and nothing behind it is a request',
  async (_what, request, status) => {
    const { application, seen } = reader();
    const { port, clientErrors, log } = await startServer(application);
    const client = await RawClient.connect(port);
    const response = await client.send(request + NEXT_REQUEST).untilClosed();
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\r\nConnection: close\r\n`));
    expect(response.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(seen).toEqual([]);
    expect(clientErrors).toEqual([expect.objectContaining({ kind: 'malformed', status })]);
    expect(log).toEqual([]);
  },
);

test.each(REFUSED.filter(([, request]) => request.length < 200))(
  '%s is refused when it comes byte by byte',
  async (_what, request, status) => {
    const { application, seen } = reader();
    const { port } = await startServer(application);
    const client = await RawClient.connect(port);
    for (const byte of request + NEXT_REQUEST) {
      if (client.socket.readableEnded || client.socket.destroyed) break;
      client.send(byte);
      await nextTurn();
    }
    expect(await client.untilClosed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(seen).toEqual([]);
  },
);

test.each(REFUSED)(
  'behind %s no request reaches an application that does not read',
  async (_what, request) => {
    const { application, seen } = deaf();
    const { port, log } = await startServer(application);
    const client = await RawClient.connect(port);
    await client.send(request + NEXT_REQUEST).untilClosed();
    expect(seen).not.toContain('/next');
    expect(log).toEqual([]);
  },
);

test.each(REFUSED)('a good request before %s has its response first', async (_what, request, status) => {
  const { application, seen } = deaf();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  const response = await client
    .send(`GET /first HTTP/1.1\r\nHost: x\r\n\r\n${request}${NEXT_REQUEST}`)
    .untilClosed();
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(seen[0]).toBe('/first');
  expect(seen).not.toContain('/next');
  if (seen.length === 1) expect(response).toMatch(new RegExp(`\r\n\r\nokHTTP/1\\.1 ${status} `));
});

test.each(ACCEPTED)('%s is accepted, and so is the request behind it', async (_what, request, expected) => {
  const { application, seen } = reader();
  const { port, clientErrors } = await startServer(application);
  const client = await RawClient.connect(port);
  const response = await client.send(request + LAST_REQUEST).untilClosed();
  expect(response.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(seen[0]).toMatchObject(expected);
  expect(Object.keys(seen[0]!).filter((name) => /PROXY|SUM|TRANSFER_/.test(name))).toEqual(
    /transfer-/i.test(request) ? ['HTTP_TRANSFER_ENCODING'] : [],
  );
  expect(seen[1]).toMatchObject({ PATH_INFO: '/next', body: '' });
  expect(clientErrors).toEqual([]);
});

test('an upgrade is not made, and the connection goes on', async () => {
  const { application, seen } = deaf();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  const upgrade = 'GET /1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  expect(await client.send(upgrade).until('ok')).toMatch(/^HTTP\/1\.1 200 OK/);
  await client.send(LAST_REQUEST).untilClosed();
  expect(seen).toEqual(['/1', '/next']);
});
