import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { selfSigned } from '../conformance/_certificate.ts';
import { bodyOf, RawClient } from '../servers/http/_http.ts';
import { runwsgi, version, Wsgi } from './_runwsgi.ts';

const FIRST = selfSigned({ CN: 'first' });
const SECOND = selfSigned({ CN: 'second' });
const SHOP = selfSigned({ CN: 'shop' });
const FILES = { 'tls/cert.pem': FIRST.cert, 'tls/key.pem': FIRST.key };
const FLAGS = ['--certfile', 'tls/cert.pem', '--keyfile', 'tls/key.pem'];
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const LAST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What the server shows and answers a new client, and the session that it gives. */
async function visit(port: number, options: { session?: Buffer; servername?: string } = {}) {
  const client = await RawClient.connect(port, options);
  const socket = client.socket as TLSSocket;
  const certificate = socket.getPeerX509Certificate()?.toString();
  let { session } = options;
  socket.on('session', (latest: Buffer) => {
    session = latest;
  });
  const body = bodyOf(await client.send(LAST).untilClosed());
  return { certificate, session, isResumed: socket.isSessionReused(), pid: Number(body.split(' ')[1]) };
}

test('HUP uses new certificates, and keeps the old ones when a new file is incomplete', async () => {
  const site = await runwsgi(FLAGS, { files: FILES });
  expect((await visit(site.port)).certificate).toBe(FIRST.cert);
  site.write({ 'tls/cert.pem': SECOND.cert.slice(0, 100) });
  const failed = await site.reload();
  expect(failed).toMatch(/tls\/cert\.pem ends within a certificate/);
  expect((await visit(site.port)).certificate).toBe(FIRST.cert);
  site.write({ 'tls/cert.pem': SECOND.cert });
  expect(await site.reload()).toMatch(
    /tls\/key\.pem is not the key of the certificate in certfile .*cert\.pem/,
  );
  expect((await visit(site.port)).certificate).toBe(FIRST.cert);
  site.write({ 'tls/key.pem': SECOND.key });
  expect(await site.reload()).toMatch(/Reloaded/);
  await expect.poll(async () => (await visit(site.port)).certificate).toBe(SECOND.cert);
});

test('a start with a wrong file fails with one line that names the file', async () => {
  const site = new Wsgi([...FLAGS], { files: { ...FILES, 'tls/key.pem': SECOND.key } });
  expect((await site.exit).code).toBe(1);
  expect(site.output).toMatch(
    /keyfile .*tls\/key\.pem is not the key of the certificate in certfile .*tls\/cert\.pem/,
  );
  expect(site.output).not.toMatch(/\n {4}at /);
});

test('each host name has its own certificate, and an HTTP client gets a 400', async () => {
  const files = { ...FILES, 'tls/shop.pem': SHOP.cert, 'tls/shop.key': SHOP.key };
  const site = await runwsgi([...FLAGS, '--sni', 'shop.example=tls/shop.pem:tls/shop.key'], { files });
  expect((await visit(site.port, { servername: 'shop.example' })).certificate).toBe(SHOP.cert);
  expect((await visit(site.port, { servername: 'other.example' })).certificate).toBe(FIRST.cert);
  const plain = await RawClient.connect(site.port);
  expect(await plain.send(GET).untilClosed()).toMatch(/^HTTP\/1\.1 400 .*speaks HTTPS/s);
});

test('each worker resumes TLS sessions of the others, also after a reload', async () => {
  const site = await runwsgi([...FLAGS, '-w', '2'], { files: FILES });
  const { session } = await visit(site.port);
  const pids = new Set<number>();
  await expect
    .poll(async () => {
      // Several at once, so that more than one worker accepts.
      const visits = await Promise.all([1, 2, 3, 4].map(() => visit(site.port, { session })));
      expect(visits.map(({ isResumed }) => isResumed)).toEqual([true, true, true, true]);
      for (const { pid } of visits) pids.add(pid);
      return pids.size;
    })
    .toBe(2);
  site.write({ 'mysite/version.ts': version('2') });
  await site.reload();
  expect(await visit(site.port, { session })).toMatchObject({ isResumed: true });
});

test('TERM ends idle and busy TLS connections without an error', async () => {
  const site = await runwsgi(FLAGS, { files: FILES });
  const idle = await RawClient.connect(site.port, true);
  const busy = await RawClient.connect(site.port, true);
  const errors: Error[] = [];
  for (const { socket } of [idle, busy]) socket.on('error', (error) => errors.push(error));
  await idle.send(GET).until('1 ');
  busy.send('POST /begin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab');
  await busy.until('begun');
  site.signal('SIGTERM');
  await idle.untilClosed();
  expect(await busy.send('cd').untilClosed()).toMatch(/4 bytes/);
  expect((await site.exit).code).toBe(0);
  expect(errors).toEqual([]);
});

test('the PROXY protocol is read from trusted peers only, before TLS', async () => {
  const header = 'PROXY TCP4 203.0.113.9 192.0.2.1 5123 443\r\n';
  const flags = ['--proxy-protocol', 'v1', '--access-logfile', '-'];
  const site = await runwsgi([...FLAGS, ...flags], { files: FILES });
  const client = await RawClient.connect(site.port, true, header);
  expect(await client.send(LAST).untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
  await site.saw(/203\.0\.113\.9 .*"GET \/ HTTP\/1\.1" 200/);
  const other = await runwsgi([...flags, '--proxy-allow-from', '192.0.2.7']);
  const refused = await RawClient.connect(other.port);
  await refused
    .send(header + LAST)
    .untilClosed()
    .catch(() => {}); // a reset, where something was unread
  expect(refused.received).toBe('');
  await other.saw(/not allowed to send PROXY headers/);
});
