import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpServerOptions } from '../../../src/servers/http/options.ts';
import type { TlsOptions } from '../../../src/servers/tls/tls-options.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { selfSigned } from '../../conformance/_certificate.ts';
import {
  acceptFor,
  bytes,
  capture,
  createServer,
  Gate,
  RawClient,
  startServer,
  untilRefused,
} from './_http.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const SERVER = selfSigned();
const OTHER = selfSigned();
const CLIENT = selfSigned({ C: 'DE', O: 'Shoes, Inc', CN: 'client' });

async function secured(options: Partial<TlsOptions> = {}, others: HttpServerOptions = {}) {
  const { application, environs } = capture();
  const server = await startServer(application, { tls: { ...SERVER, ...options }, ...others });
  return { ...server, environs };
}

/** The certificate that a server shows a client that asks for this name. */
async function certificateFor(port: number, servername?: string): Promise<string | undefined> {
  const client = await RawClient.connect(port, { servername });
  const certificate = (client.socket as tls.TLSSocket).getPeerX509Certificate();
  client.socket.destroy();
  return certificate?.toString();
}

const pem = ({ cert }: { cert: string }) => cert;

test('an environ says that the request came by HTTPS, and by which TLS', async () => {
  const { port, environs, records } = await secured();
  const client = await RawClient.connect(port, true);
  await client.send(LAST).untilClosed();
  expect(environs[0]).toMatchObject({
    'wsgi.url_scheme': 'https',
    HTTPS: 'on',
    REMOTE_ADDR: '127.0.0.1',
    SERVER_PORT: String(port),
    SSL_PROTOCOL: 'TLSv1.3',
    SSL_CIPHER: expect.stringMatching(/^TLS_/),
  });
  expect(Object.keys(environs[0]!).filter((key) => key.startsWith('SSL_CLIENT'))).toEqual([]);
  expect(records).toMatchObject([{ status: 200, remoteAddress: '127.0.0.1' }]);
});

test('http/1.1 is what a client is offered', async () => {
  const { port } = await secured();
  const client = await RawClient.connect(port, { ALPNProtocols: ['h2', 'http/1.1'] });
  expect((client.socket as tls.TLSSocket).alpnProtocol).toBe('http/1.1');
});

test('a client that speaks HTTP is told so by a 400', async () => {
  const { port, environs, clientErrors } = await secured();
  const client = await RawClient.connect(port);
  expect(await client.send(GET).untilClosed()).toMatch(/^HTTP\/1\.1 400 .*This port speaks HTTPS/s);
  expect(clientErrors).toMatchObject([{ kind: 'malformed', status: 400, remoteAddress: '127.0.0.1' }]);
  expect(environs).toEqual([]);
});

test('a failed TLS handshake is reported once', async () => {
  const { port, clientErrors } = await secured();
  const connect = RawClient.connect(port, {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL@SECLEVEL=0',
  });
  await expect(connect).rejects.toThrow();
  await expect.poll(() => clientErrors.length).toBe(1);
  expect(clientErrors).toMatchObject([{ kind: 'handshake', status: 0, remoteAddress: '127.0.0.1' }]);
});

test.each<[string, string]>([
  ['nothing', ''],
  ['the beginning of a handshake', '\x16\x03\x01\x02'],
])('a client that sends %s is disconnected in time', async (_name, sent) => {
  const { port } = await secured({}, { headersTimeoutMs: 400 }); // the client's own sending is in it
  const client = await RawClient.connect(port);
  expect(await client.send(sent).untilClosed()).toBe('');
});

test.each([0, 1, 100])(
  'the first %i bytes of an accepted connection may have been read already',
  async (length) => {
    const { application, environs } = capture();
    const { server } = createServer(application, { tls: SERVER });
    const port = await acceptFor(server, undefined, async (socket) => {
      const head: Buffer[] = [];
      for (let left = length; left > 0; left = 0) {
        socket.resume();
        const [block] = (await once(socket, 'data')) as [Buffer];
        socket.pause();
        head.push(block.subarray(0, length));
        socket.unshift(block.subarray(length));
      }
      server.accept(socket, Buffer.concat(head));
    });
    const client = await RawClient.connect(port, true);
    expect(await client.send(LAST).untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(environs).toHaveLength(1);
  },
);

test.each<[string, TlsOptions['certReqs'], typeof CLIENT | undefined, boolean]>([
  ['none', 'none', undefined, true],
  ['optional, without one', 'optional', undefined, true],
  ['optional, with one', 'optional', CLIENT, true],
  ['optional, with one that nobody has signed', 'optional', OTHER, false],
  ['required, with one', 'required', CLIENT, true],
  ['required, without one', 'required', undefined, false],
  ['required, with one that nobody has signed', 'required', OTHER, false],
])(
  'where client certificates are %s, the request is answered or not',
  async (_name, certReqs, shown, isAnswered) => {
    const { port, environs, clientErrors } = await secured({ certReqs, ca: CLIENT.cert });
    const received = await RawClient.connect(port, { ...shown })
      .then((client) => client.send(LAST).untilClosed())
      .catch(() => '');
    expect(received.startsWith('HTTP/1.1 200')).toBe(isAnswered);
    expect(environs).toHaveLength(isAnswered ? 1 : 0);
    if (!isAnswered) await expect.poll(() => clientErrors).toMatchObject([{ kind: 'handshake', status: 0 }]);
    if (!isAnswered || shown === undefined) return;
    expect(environs[0]).toMatchObject({
      SSL_CLIENT_VERIFY: 'SUCCESS',
      SSL_CLIENT_S_DN: 'CN=client,O=Shoes\\, Inc,C=DE',
      SSL_CLIENT_I_DN: 'CN=client,O=Shoes\\, Inc,C=DE',
      SSL_CLIENT_M_SERIAL: '01',
      SSL_CLIENT_V_END: 'Dec 31 23:59:59 2049 GMT',
      SSL_CLIENT_CERT: shown.cert,
    });
  },
);

test.each<[string | undefined, typeof SERVER]>([
  [undefined, SERVER],
  ['unknown.example', SERVER],
  ['shop.example', OTHER],
  ['SHOP.example', OTHER],
  ['a.blog.example', CLIENT],
  ['blog.example', SERVER],
  ['a.b.blog.example', SERVER],
])('a client that asks for %s is shown the certificate of that name', async (name, expected) => {
  const { port } = await secured({ sni: { 'shop.example': OTHER, '*.blog.example': CLIENT } });
  expect(await certificateFor(port, name)).toBe(pem(expected));
});

test('other certificates are for new connections, and those that are open go on', async () => {
  const { port, server } = await secured({ sni: { 'shop.example': SERVER } });
  const client = await RawClient.connect(port, true);
  client.send(GET);
  await client.until('ok');
  server.setTls({ ...OTHER, sni: { 'shop.example': CLIENT } });
  expect(await certificateFor(port)).toBe(pem(OTHER));
  expect(await certificateFor(port, 'shop.example')).toBe(pem(CLIENT));
  expect((await client.send(LAST).untilClosed()).match(/200 OK/g)).toHaveLength(2);
});

test('wrong certificates leave the current ones in use', async () => {
  const { port, server } = await secured();
  expect(() => server.setTls({ ...OTHER, key: SERVER.key })).toThrow(
    'tls.key is not the key of the certificate in tls.cert.',
  );
  expect(() => server.setTls({ ...OTHER, sni: { 'shop.example': { ...OTHER, key: '' } } })).toThrow(
    "tls.sni['shop.example'].key has no private key in PEM.",
  );
  expect(await certificateFor(port)).toBe(pem(SERVER));
});

test('setTls() of a server without TLS throws', () => {
  const { server } = createServer(capture().application);
  expect(() => server.setTls(SERVER)).toThrow('created without TLS');
});

/** The session of a connection to one server, and whether another resumes it. */
async function isResumed(first: TlsOptions, second: TlsOptions, client: tls.ConnectionOptions = {}) {
  const [one, other] = [await secured(first), await secured(second)];
  const begun = await RawClient.connect(one.port, client);
  let session: Buffer | undefined;
  begun.socket.on('session', (latest: Buffer) => {
    session = latest;
  });
  await begun.send(LAST).untilClosed();
  const resumed = await RawClient.connect(other.port, { ...client, session });
  const is = (resumed.socket as tls.TLSSocket).isSessionReused();
  await resumed.send(LAST).untilClosed();
  return { is, environ: other.environs[0] };
}

test('servers with the same ticket keys resume sessions, of all host names', async () => {
  const ticketKeys = randomBytes(48);
  const sni = { 'shop.example': OTHER };
  const shared = { ...SERVER, sni, ticketKeys };
  const asText = { ...SERVER, sni, ticketKeys: ticketKeys.toString('base64') };
  expect(await isResumed(shared, asText)).toMatchObject({ is: true });
  expect(await isResumed(shared, asText, { servername: 'shop.example' })).toMatchObject({ is: true });
  expect(await isResumed(shared, { ...SERVER, ticketKeys: randomBytes(48) })).toMatchObject({ is: false });
});

test('a session is resumed with the certificate of its client, and only under the rules by which it was begun', async () => {
  const shared = { ...SERVER, ticketKeys: randomBytes(48), ca: CLIENT.cert };
  const required = { ...shared, certReqs: 'required' } as const;
  expect(await isResumed(required, required, CLIENT)).toMatchObject({
    is: true,
    environ: { SSL_CLIENT_VERIFY: 'SUCCESS', SSL_CLIENT_CERT: CLIENT.cert },
  });
  expect(await isResumed({ ...shared, certReqs: 'optional' }, required, CLIENT)).toMatchObject({ is: false });
});

test('a connection ends with a regular end of TLS and of TCP when the server closes', async () => {
  const gate = new Gate();
  const application: WSGIApplication = async (_environ, startResponse) => {
    await gate.opened;
    startResponse('200 OK', [['Content-Length', '2']]);
    return [bytes('ok')];
  };
  const { port, server } = await startServer(application, { tls: SERVER });
  const idle = await RawClient.connect(port, true);
  const busy = await RawClient.connect(port, true);
  const errors: Error[] = [];
  for (const { socket } of [idle, busy]) socket.on('error', (error) => errors.push(error));
  busy.send(GET);
  await expect.poll(() => server.openRequests).toBe(1);
  const closed = server.close({ graceMs: 20 });
  await untilRefused(port);
  expect(await idle.untilClosed()).toBe('');
  gate.open();
  expect(await busy.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*ok$/s);
  await closed;
  expect(errors).toEqual([]);
});

test('a connection within its handshake may finish it while the server closes', async () => {
  const { port, server, environs } = await secured();
  const wire = net.connect(port, '127.0.0.1');
  onTestFinished(() => void wire.destroy());
  await once(wire, 'connect');
  let isDelayed = true;
  const delayed: Buffer[] = [];
  const pipe = new Duplex({
    read() {},
    write(block, _encoding, done) {
      // The rest of the handshake waits until the server has begun to close.
      if (isDelayed && delayed.push(block) > 1) done();
      else wire.write(block, done);
    },
    final: (done) => void wire.end(done),
  });
  wire.on('data', (block) => pipe.push(block)).on('end', () => pipe.push(null));
  const client = tls.connect({ socket: pipe, rejectUnauthorized: false });
  const isSecured = once(client, 'secureConnect'); // as soon as the client has written all of its part
  await once(wire, 'data');
  const closed = server.close({ graceMs: 20 });
  await untilRefused(port);
  isDelayed = false;
  for (const block of delayed.slice(1)) wire.write(block);
  await isSecured;
  client.write(GET);
  await once(client, 'data');
  client.end();
  await closed;
  expect(environs).toHaveLength(1);
});

test.each<[string, HttpServerOptions, string, RegExp]>([
  [
    'a body that is too large',
    { limitRequestBody: 4 },
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n',
    /413/,
  ],
  // The handshake has the same time, and took more than 50 ms on a busy machine.
  ['a head that does not come to its end', { headersTimeoutMs: 1_000 }, 'GET / HTTP/1.1\r\n', /408/],
  [
    'a body that does not come',
    { bodyTimeoutMs: 50 },
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n',
    /408/,
  ],
])('%s is refused', async (_name, options, sent, status) => {
  const read: WSGIApplication = async (environ, startResponse) => {
    await environ['wsgi.input'].read();
    startResponse('200 OK', []);
    return [];
  };
  const { port } = await startServer(read, { tls: SERVER, ...options });
  const client = await RawClient.connect(port, true);
  expect((await client.send(sent).untilClosed()).split('\r\n')[0]).toMatch(status);
});

test('an idle connection ends when its time is up', async () => {
  const { port } = await secured({}, { keepAliveTimeoutMs: 50 });
  const client = await RawClient.connect(port, true);
  expect(await client.send(GET).untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('a client that reads nothing of its response is disconnected', async () => {
  const endless: WSGIApplication = (_environ, startResponse) => {
    startResponse('200 OK', []);
    return (function* blocks() {
      for (;;) yield new Uint8Array(64 * 1024);
    })();
  };
  const { port, nextRecord } = await startServer(endless, { tls: SERVER, writeTimeoutMs: 100 });
  const client = await RawClient.connect(port, true);
  client.socket.pause();
  const record = nextRecord();
  client.send(GET);
  expect(await record).toMatchObject({ isAborted: true });
});

test('a client that has closed its side is answered', async () => {
  const { port } = await secured();
  const client = await RawClient.connect(port, true);
  client.send(GET).socket.end();
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});
