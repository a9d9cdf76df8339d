import { describe, expect, test } from 'vitest';
import { type ToNodeHandlerOptions, toNodeHandler } from '../../src/adapters/node/index.ts';
import { path } from '../../src/handler/urls/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { createApplication } from '../handler/_client.ts';
import { bytes, Gate, RawClient } from '../servers/http/_http.ts';
import { FRAMEWORKS } from './_frameworks.ts';
import { listen } from './_listen.ts';
import { countingCloses } from './_mount.ts';

const BLOCK = new Uint8Array(64 * 1024);

const trace: WSGIApplication = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  const { SCRIPT_NAME, PATH_INFO, QUERY_STRING, REMOTE_ADDR, HTTP_X_ASKED } = environ;
  return [bytes(JSON.stringify({ SCRIPT_NAME, PATH_INFO, QUERY_STRING, REMOTE_ADDR, HTTP_X_ASKED }))];
};

describe.each(FRAMEWORKS)('a site inside of $name', ({ outer }) => {
  async function serveInside(application: WSGIApplication, options: ToNodeHandlerOptions = {}) {
    const log: string[] = [];
    const errors = { write: (text: string) => void log.push(text), writelines: () => {}, flush: () => {} };
    const listener = await outer((scriptName) =>
      toNodeHandler(application, { errors, ...options, ...(scriptName === undefined ? {} : { scriptName }) }),
    );
    return { ...(await listen(listener)), log };
  }

  test('leaves the rest to the framework', async () => {
    const { url } = await serveInside(trace);
    expect(await (await fetch(`${url}/own`)).text()).toBe('own');
  });

  test('knows where it is mounted', async () => {
    const { url } = await serveInside(trace);
    const answer = await fetch(`${url}/site/a%20b/?q=%20`, { headers: { 'x-asked': 'yes' } });
    expect(await answer.json()).toEqual({
      SCRIPT_NAME: '/site',
      PATH_INFO: '/a b/',
      QUERY_STRING: 'q=%20',
      REMOTE_ADDR: '127.0.0.1',
      HTTP_X_ASKED: 'yes',
    });
  });

  test('has views that know it too', async () => {
    const view = (request: Request) =>
      new Response(request.url, {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    const site = await createApplication([path('page/', view)], { ALLOWED_HOSTS: ['127.0.0.1'] });
    const { url } = await serveInside(site);
    const answer = await fetch(`${url}/site/page`); // without the slash at the end: it redirects
    expect(answer.url).toBe(`${url}/site/page/`);
    expect(await answer.text()).toBe(`${url}/site/page/`);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('reads an upload', async () => {
    const { url } = await serveInside(async (environ, startResponse) => {
      let length = 0;
      for await (const block of environ['wsgi.input']) length += block.length;
      startResponse('200 OK', []);
      return [bytes(String(length))];
    });
    const body = Buffer.alloc(5_000_000);
    const answer = await fetch(`${url}/site/`, { method: 'POST', body });
    expect(await answer.text()).toBe(String(body.length));
  });

  test('streams', async () => {
    const { url } = await serveInside(async function* (_environ, startResponse) {
      startResponse('200 OK', []);
      for (let i = 0; i < 64; i++) yield BLOCK;
    });
    const body = await (await fetch(`${url}/site/`)).arrayBuffer();
    expect(body.byteLength).toBe(64 * BLOCK.length);
  });

  test('answers 500 for an error, and says it in the log', async () => {
    const { url, log } = await serveInside(() => {
      throw new Error('boom');
    });
    const { status } = await fetch(`${url}/site/`);
    expect(status).toBe(500);
    expect(log.join('')).toContain('boom');
  });

  test('is closed once when it is done', async () => {
    const closed = new Gate();
    const application = countingCloses((_environ, startResponse) => {
      startResponse('200 OK', []);
      return Object.assign([bytes('done')], { close: () => closed.open() });
    });
    const { url } = await serveInside(application);
    await (await fetch(`${url}/site/`)).text();
    await closed.opened;
    expect(application.closes).toBe(1);
  });

  test('is closed once when the client leaves', async () => {
    const begun = new Gate();
    const closed = new Gate();
    const never = new Promise<never>(() => {});
    const application = countingCloses((_environ, startResponse) => {
      startResponse('200 OK', []);
      const blocks = (async function* () {
        yield bytes('begun');
        begun.open();
        await never;
      })();
      return Object.assign(blocks, { close: () => closed.open() });
    });
    const { port } = await serveInside(application);
    const client = await RawClient.connect(port);
    client.send('GET /site/ HTTP/1.1\r\nHost: a\r\n\r\n');
    await begun.opened;
    client.socket.resetAndDestroy();
    await closed.opened;
    expect(application.closes).toBe(1);
  });
});
