import { describe, expect, test } from 'vitest';
import { fromNodeHandler } from '../../src/adapters/node/index.ts';
import { Gate, RawClient, startServer, untilStill } from '../servers/http/_http.ts';
import { BLOCK, FRAMEWORKS, STREAMED } from './_frameworks.ts';
import { countingCloses, countingClosesOnly, mountAt } from './_mount.ts';

/** Made of blocks where somebody wants to see them or counts what is sent, else by the server's own response. */
const WAYS = [
  { way: 'by blocks', counting: countingCloses, options: {} },
  { way: 'directly', counting: countingClosesOnly, options: { onResponse: undefined } },
];
const CASES = FRAMEWORKS.flatMap(({ name, inner }) => WAYS.map((way) => ({ name, inner, ...way })));

describe.each(CASES)('$name inside of a site, $way', ({ inner, counting, options }) => {
  async function serveMounted(onWait: (what: 'begun' | 'left') => void = () => {}) {
    const application = counting(mountAt('/inner', fromNodeHandler(await inner(onWait))));
    const { url, port, log } = await startServer(application, options);
    return { url: `${url}/inner`, port, log, application };
  }

  test('knows who asks, and by which scheme', async () => {
    const { url } = await serveMounted();
    const answer = await (await fetch(`${url}/whoami`)).json();
    expect(answer).toMatchObject({ ip: '127.0.0.1', protocol: 'http' });
  });

  test('routes below its mount', async () => {
    const { url } = await serveMounted();
    const { status } = await fetch(`${url}/nowhere`);
    const { url: seen } = (await (await fetch(`${url}/whoami`)).json()) as { url: string };
    expect(status).toBe(404);
    expect(seen).toMatch(/whoami$/);
  });

  test('parses a form', async () => {
    const { url } = await serveMounted();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/form`, { method: 'POST', headers, body: '{"name":"Ünal"}' });
    expect(await answer.json()).toEqual({ name: 'Ünal' });
  });

  test.each(['with its length', 'chunked'])('reads a large upload, sent %s', async (how) => {
    const { url } = await serveMounted();
    const body = Buffer.alloc(5_000_000, 'x');
    const stream = new Blob([body]).stream();
    const answer = await fetch(`${url}/length`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      ...(how === 'chunked' ? { body: stream, duplex: 'half' } : { body }),
    });
    expect(await answer.json()).toEqual({ length: body.length });
  });

  test('streams a large response', async () => {
    const { url } = await serveMounted();
    const body = await (await fetch(`${url}/stream`)).arrayBuffer();
    expect(body.byteLength).toBe(STREAMED * BLOCK.length);
  });

  test('sets several cookies', async () => {
    const { url } = await serveMounted();
    const { headers } = await fetch(`${url}/cookies`);
    expect(headers.getSetCookie().map((cookie) => cookie.split(';')[0])).toEqual(['a=1', 'b=2']);
  });

  test('redirects relative to its mount', async () => {
    const { url } = await serveMounted();
    const answer = await fetch(`${url}/away`);
    expect(answer.url).toBe(`${url}/whoami`);
    expect(answer.status).toBe(200);
  });

  test.each(['boom', 'later'])('answers 500 for an error: /%s', async (path) => {
    const { url, application } = await serveMounted();
    const { status } = await fetch(`${url}/${path}`);
    await expect.poll(() => application.closes > 0).toBe(true);
    expect(status).toBe(500);
    expect(application.closes).toBe(1);
  });

  test('answers HEAD without a body', async () => {
    const { url } = await serveMounted();
    const answer = await fetch(`${url}/whoami`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });

  test('is told when the client leaves, and closed once', async () => {
    const begun = new Gate();
    const left = new Gate();
    const { port, application, log } = await serveMounted((what) =>
      what === 'begun' ? begun.open() : left.open(),
    );
    const client = await RawClient.connect(port);
    client.send('GET /inner/wait HTTP/1.1\r\nHost: a\r\n\r\n');
    await begun.opened;
    client.socket.resetAndDestroy();
    await left.opened;
    await expect.poll(() => application.closes > 0).toBe(true);
    await untilStill(() => application.closes + log.length);
    expect(application.closes).toBe(1);
    expect(log).toEqual([]);
  });
});
