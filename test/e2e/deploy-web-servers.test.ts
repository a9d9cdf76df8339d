import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { blockOf } from './_guides.ts';
import { Load } from './_load.ts';
import { describeWith, NGINX } from './_real-parts.ts';
import { get, isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, version, Wsgi } from './_runwsgi.ts';
import { Place, startWebServer, type Way, WEB_SERVERS, type WebServer } from './_web-servers.ts';

const SITE = `import type { WSGIApplication } from 'startproject/wsgi';
import { VERSION } from './version.ts';

const encoder = new TextEncoder();
let goOn: (() => void) | undefined;

async function* twoBlocks() {
  const asked = new Promise<void>((resolve) => { goOn = resolve; });
  yield encoder.encode('one');
  await asked;
  yield encoder.encode('two');
}

async function* endless() {
  try {
    for (;;) {
      yield encoder.encode('more'.repeat(4096));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    console.log('The client has gone.');
  }
}

export const application: WSGIApplication = async (environ, startResponse) => {
  const path = environ.PATH_INFO;
  if (path === '/kill') process.kill(process.pid, 'SIGKILL');
  if (path === '/go') goOn?.();
  const headers: [string, string][] = [['Content-Type', 'text/plain'], ['X-Accel-Buffering', 'no']];
  if (path === '/two') { startResponse('200 OK', headers); return twoBlocks(); }
  if (path === '/endless') { startResponse('200 OK', headers); return endless(); }
  let text = \`\${VERSION} \${process.pid}\`;
  if (path === '/length') text = String((await environ['wsgi.input'].read()).length);
  if (path === '/echo') headers.push(['X-Long', String(environ.HTTP_X_LONG)]);
  if (path.startsWith('/environ')) {
    const names = ['SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING', 'REMOTE_ADDR', 'HTTP_HOST', 'wsgi.url_scheme'];
    text = JSON.stringify(names.map((name) => environ[name]));
  }
  headers.push(['Content-Length', String(text.length)]);
  startResponse('200 OK', headers);
  return [encoder.encode(text)];
};
`;

const FILES = { ...PRODUCTION_SITE, 'mysite/wsgi.ts': SITE, 'static/site.css': 'body { color: teal }\n' };

/** Starts the site by the command in the guide. */
async function startSite({ name }: WebServer, way: Way, place: Place): Promise<Wsgi> {
  const command = /^npx (run\w+) (.*)$/m.exec(blockOf(name, 'sh', way));
  const words = (await place.fill(command![2]!)).split(' ');
  return new Wsgi(words, { bin: `${command![1]}.js`, bind: [], cwd: place.root }).started();
}

function place(): Place {
  return new Place(temporaryFolder(FILES));
}

/** What a response's body begins with; the request goes on. */
async function begin(url: string) {
  const request = http.get(url, { agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.setEncoding('utf8').on('error', () => {});
  const [first] = (await once(response, 'data')) as [string];
  return { request, response, first };
}

async function passesRequests(url: string, site: Wsgi): Promise<void> {
  expect(JSON.parse((await get(`${url}/environ/a%20b?q=1`)).body)).toEqual([
    '',
    '/environ/a b',
    'q=1',
    '127.0.0.1',
    new URL(url).host,
    'http',
  ]);
  const { status, headers, body } = await get(url, { method: 'HEAD' });
  expect([status, body, headers['content-type']]).toEqual([200, '', 'text/plain']);

  const upload = randomBytes(2 * 2 ** 20).toString('hex');
  expect((await get(`${url}/length`, { method: 'POST', body: upload })).body).toBe(String(upload.length));

  const long = 'x'.repeat(6_000);
  expect((await get(`${url}/echo`, { headers: { 'X-Long': long } })).headers['x-long']).toBe(long);

  const streamed = await begin(`${url}/two`);
  expect(streamed.first).toBe('one');
  const second = once(streamed.response, 'data');
  await get(`${url}/go`);
  expect(await second).toEqual(['two']);

  const aborted = await begin(`${url}/endless`);
  aborted.request.destroy();
  await site.saw(/The client has gone\./);
}

/** New code, and a new server, while requests go on. */
async function losesNoRequest(url: string, site: Wsgi): Promise<number> {
  const load = new Load({ port: Number(new URL(url).port) }, { keepAlive: 4, oneRequest: 2 });
  await load.more(50);
  writeFiles(site.root, { 'mysite/version.ts': version('2') });
  expect(await site.reload()).toContain('Reloaded.');
  await load.more(50);
  writeFiles(site.root, { 'mysite/version.ts': version('3') });
  site.signal('SIGUSR2');
  const [, successor] = await site.saw(/Process (\d+) serves now/);
  onTestFinished(() => {
    if (isAlive(Number(successor))) process.kill(Number(successor), 'SIGKILL');
  });
  await once(site.process, 'exit');
  await load.more(50);
  expect((await load.end()).failures).toEqual([]);
  const versions = new Set([...load.bodies.keys()].map((body) => body.split(' ')[0]));
  expect([...versions].sort()).toEqual(['1', '2', '3']);
  return Number(successor);
}

for (const server of WEB_SERVERS) {
  describeWith(server.part, (file) => {
    test.each(server.ways)('docs/deploy: the site by %s', async (way) => {
      const at = place();
      const site = await startSite(server, way, at);
      const url = `http://127.0.0.1:${await startWebServer(server, file, way, at)}`;

      await passesRequests(url, site);
      if (server.hasFiles) {
        const { headers, body } = await get(`${url}/static/site.css`);
        expect([body, headers['content-type']]).toEqual([
          FILES['static/site.css'],
          expect.stringContaining('text/'),
        ]);
      }
      const successor = await losesNoRequest(url, site);

      process.kill(successor, 'SIGTERM');
      // Idle connections have 2 s; Apache leaves those half-closed that it keeps.
      await expect.poll(() => isAlive(successor), { timeout: 5_000 }).toBe(false);
      expect((await get(url)).status).toBeGreaterThanOrEqual(502);
      await startSite(server, way, at);
      // By default Apache would wait for a minute, nginx for ten seconds; lighttpd looks once a second.
      await expect.poll(async () => (await get(url)).status, { timeout: 3_000, interval: 20 }).toBe(200);
    });
  });
}

describeWith(NGINX, (file) => {
  const nginx = WEB_SERVERS.find(({ name }) => name === 'nginx')!;

  /** What a GET gets after a worker has died with a request that nginx had sent to it, where the site has two addresses. */
  async function statusAfterDeaths(change: (configuration: string) => string): Promise<number> {
    const at = place();
    const bind = ['unix:one.sock', 'unix:two.sock'];
    const site = await new Wsgi(['-w', '2'], { bind, cwd: at.root }).started();
    const servers = (configuration: string) =>
      change(configuration).replace(/server unix:\S+( max_fails=0)?;/, (_line, rule = '') =>
        bind.map((address) => `server unix:${at.root}/${address.slice(5)}${rule};`).join(' '),
      );
    const url = `http://127.0.0.1:${await startWebServer(nginx, file, 'HTTP', at, servers)}`;
    const kill = () => get(`${url}/kill`, { method: 'POST' }); // nginx would send a GET again
    expect([(await kill()).status, (await kill()).status]).toEqual([502, 502]);
    await site.saw(/Worker \d+ died[\s\S]*Worker \d+ died/);
    return (await get(url)).status;
  }

  test('docs/deploy: a worker that dies does not make nginx give up on the site', async () => {
    expect(await statusAfterDeaths((configuration) => configuration)).toBe(200);
    expect(await statusAfterDeaths((configuration) => configuration.replace(' max_fails=0', ''))).toBe(502);
  });
});
