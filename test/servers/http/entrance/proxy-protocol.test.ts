import { expect, test } from 'vitest';
import type { HttpServerOptions } from '../../../../src/servers/http/options.ts';
import { selfSigned } from '../../../conformance/_certificate.ts';
import { LOCAL, PROXY, TCP4, TCP6, version2 } from '../../proxy-protocol/_headers.ts';
import { acceptFor, capture, createServer, RawClient, startServer, untilRefused } from '../_http.ts';

const LINE = 'PROXY TCP4 203.0.113.9 192.0.2.1 5123 443\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

async function proxied(options: HttpServerOptions = {}) {
  const { application, environs } = capture();
  const server = await startServer(application, { proxyProtocol: 'auto', ...options });
  return { ...server, environs };
}

test.each<[string, string | Buffer, Record<string, string>]>([
  [
    'version 1',
    LINE,
    { REMOTE_ADDR: '203.0.113.9', REMOTE_PORT: '5123', SERVER_NAME: '192.0.2.1', SERVER_PORT: '443' },
  ],
  [
    'version 2',
    version2(PROXY, 0x11, TCP4),
    { REMOTE_ADDR: '203.0.113.9', REMOTE_PORT: '5123', SERVER_NAME: '192.0.2.1', SERVER_PORT: '443' },
  ],
  [
    'version 2 with IPv6',
    version2(PROXY, 0x21, TCP6),
    { REMOTE_ADDR: '2001:db8::1', REMOTE_PORT: '5123', SERVER_NAME: '[::1]', SERVER_PORT: '443' },
  ],
  [
    'version 2 that speaks of TLS',
    version2(PROXY, 0x11, Buffer.concat([TCP4, Buffer.from([0x20, 0, 5, 1, 0, 0, 0, 0])])),
    { REMOTE_ADDR: '203.0.113.9', SERVER_PORT: '443', 'wsgi.url_scheme': 'https', HTTPS: 'on' },
  ],
  ['LOCAL', version2(LOCAL, 0x11, TCP4), { REMOTE_ADDR: '127.0.0.1', SERVER_NAME: '127.0.0.1' }],
  ['UNKNOWN', 'PROXY UNKNOWN\r\n', { REMOTE_ADDR: '127.0.0.1', SERVER_NAME: '127.0.0.1' }],
])(
  'a header of %s says who the client is, for all requests of its connection',
  async (_name, header, expected) => {
    const { port, environs, records } = await proxied();
    const client = await RawClient.connect(port);
    client.send(header);
    await client.send(GET + LAST).untilClosed();
    expect(environs).toMatchObject([expected, expected]);
    expect(records[0]?.remoteAddress).toBe(expected.REMOTE_ADDR);
  },
);

test('of a client on a unix socket there is no address', async () => {
  const { port, environs } = await proxied();
  const client = await RawClient.connect(port);
  await client
    .send(version2(PROXY, 0x31, Buffer.alloc(216)))
    .send(LAST)
    .untilClosed();
  expect(environs[0]).not.toHaveProperty('REMOTE_ADDR');
});

test('the header may come in pieces', async () => {
  const { port, environs } = await proxied();
  const client = await RawClient.connect(port);
  client.socket.setNoDelay(true);
  for (const byte of LINE + LAST) await new Promise((resolve) => client.socket.write(byte, resolve));
  await client.untilClosed();
  expect(environs).toMatchObject([{ REMOTE_ADDR: '203.0.113.9' }]);
});

test.each([0, 1, LINE.length, LINE.length + 5, LINE.length + LAST.length])(
  'the first %i bytes of an accepted connection may have been read already',
  async (length) => {
    const { application, environs } = capture();
    const { server } = createServer(application, { proxyProtocol: 'v1' });
    const all = LINE + LAST;
    const port = await acceptFor(server, undefined, (socket) =>
      server.accept(socket, Buffer.from(all.slice(0, length))),
    );
    const client = await RawClient.connect(port);
    expect(await client.send(all.slice(length)).untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(environs).toMatchObject([{ REMOTE_ADDR: '203.0.113.9' }]);
  },
);

test('a second header on a connection is not a request', async () => {
  const { port, environs, clientErrors } = await proxied();
  const client = await RawClient.connect(port);
  const received = await client.send(LINE + GET + LINE + LAST).untilClosed();
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(environs).toHaveLength(1);
  expect(clientErrors).toMatchObject([{ status: 400 }]);
});

test('without the option, a header is not a request', async () => {
  const { port, environs } = await proxied({ proxyProtocol: 'off' });
  const client = await RawClient.connect(port);
  expect(await client.send(LINE + LAST).untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
  expect(environs).toEqual([]);
});

test.each<[string, HttpServerOptions, string | Buffer, RegExp]>([
  ['a connection without a header', {}, LAST, /does not begin with a PROXY header/],
  [
    'a header of another version',
    { proxyProtocol: 'v2' },
    LINE + LAST,
    /does not begin with a PROXY v2 header/,
  ],
  ['a malformed header', {}, `PROXY TCP4 x\r\n${LAST}`, /malformed/],
  ['a peer that is not in the list', { proxyAllowIps: ['10.0.0.0/8'] }, LINE + LAST, /not allowed to send/],
])('%s is closed with one notice', async (_name, options, sent, message) => {
  const { port, environs, clientErrors } = await proxied(options);
  const client = await RawClient.connect(port);
  await client
    .send(sent)
    .untilClosed()
    .catch(() => {}); // a reset, where something was unread
  expect(client.received).toBe('');
  expect(clientErrors).toMatchObject([{ kind: 'proxy', status: 0, remoteAddress: '127.0.0.1' }]);
  expect(clientErrors[0]?.message).toMatch(message);
  expect(environs).toEqual([]);
});

test.each<[string, string, number]>([
  ['nothing, without a notice', '', 0],
  ['a part of the header', 'PROXY TCP4', 1],
])('a client that sends %s is disconnected', async (_name, sent, notices) => {
  // Long enough for the part to arrive on a busy machine: a connection that has sent nothing by then gets no notice.
  const { port, clientErrors } = await proxied({ headersTimeoutMs: 300 });
  const client = await RawClient.connect(port);
  expect(await client.send(sent).untilClosed()).toBe('');
  expect(clientErrors).toHaveLength(notices);
});

test('a client that leaves within the header leaves no trace', async () => {
  const { port, server, clientErrors } = await proxied();
  const client = await RawClient.connect(port);
  client.send('PROXY TCP4').socket.end();
  await client.untilClosed();
  expect(clientErrors).toEqual([]);
  await server.close();
});

test('the header comes before TLS', async () => {
  const { port, environs } = await proxied({ tls: selfSigned() });
  const client = await RawClient.connect(port, true, LINE);
  expect(await client.send(LAST).untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(environs).toMatchObject([{ REMOTE_ADDR: '203.0.113.9', 'wsgi.url_scheme': 'https' }]);
});

test('a header within TLS is not a request', async () => {
  const { port, environs } = await proxied({ tls: selfSigned() });
  const client = await RawClient.connect(port, true, LINE);
  expect(await client.send(LINE + LAST).untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
  expect(environs).toEqual([]);
});

test('it is the client of the header whose X-Forwarded-For would be believed', async () => {
  const { port, environs } = await proxied({ forwardedAllowIps: ['127.0.0.1'] });
  const client = await RawClient.connect(port);
  const request = LAST.replace('Host', 'X-Forwarded-For: 1.1.1.1\r\nHost');
  await client.send(LINE + request).untilClosed();
  expect(environs).toMatchObject([{ REMOTE_ADDR: '203.0.113.9' }]);
});

test('a connection that has sent nothing ends when the server closes, one with a part of the header is waited for', async () => {
  const { port, server, environs } = await proxied();
  const silent = await RawClient.connect(port);
  const begun = await RawClient.connect(port);
  begun.send('PROXY');
  const closed = server.close({ graceMs: 20 });
  await silent.untilClosed();
  await untilRefused(port);
  await begun.send((LINE + GET).slice('PROXY'.length)).untilClosed();
  await closed;
  expect(environs).toHaveLength(1);
  expect(begun.received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close/s);
});
