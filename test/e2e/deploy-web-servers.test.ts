import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { blockOf } from './_guides.ts';
import { Load } from './_load.ts';
import { describeWith, isThere, NGINX } from './_real-parts.ts';
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
    if (path === '/environ/there') headers.push(['Location', '/']);
    if (path === '/environ/more') names.push('HTTPS', 'SERVER_NAME', 'SERVER_PORT');
    text = JSON.stringify(names.map((name) => environ[name]));
  }
  headers.push(['Content-Length', String(text.length)]);
  startResponse('200 OK', headers);
  return [encoder.encode(text)];
};
`;

const FILES = { ...PRODUCTION_SITE, 'mysite/wsgi.ts': SITE, 'static/site.css': 'body { color: teal }\n' };

/** Starts the site by the command that the guides of these web servers have. */
async function startSite(servers: readonly WebServer[], way: Way, at: Place): Promise<Wsgi> {
  const commands = servers.map(({ name }) => /^npx (run\w+ .*)$/m.exec(blockOf(name, 'sh', way))![1]!);
  expect(new Set(commands).size).toBe(1);
  const [bin, ...words] = (await at.fill(commands[0]!)).split(' ');
  // A server that ends keeps idle connections for half of that.
  return new Wsgi([...words, '--graceful-timeout', '2'], {
    bin: `${bin}.js`,
    bind: [],
    cwd: at.root,
  }).started();
}

function place(): Place {
  return new Place(temporaryFolder(FILES));
}

/** A web server that serves the site at a port. */
interface Running {
  readonly server: WebServer;
  readonly port: number;
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** What only a proxy may say, in all the headers that servers believe, and by names that CGI makes the same of. */
const FORGED = {
  'X-Forwarded-For': '6.6.6.6',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'forged.example',
  'X-Forwarded-Port': '444',
  'X-Forwarded-Prefix': '/forged',
  'X-Forwarded-Ssl': 'on',
  'X-Forwarded-Protocol': 'ssl',
  Forwarded: 'for=6.6.6.6;proto=https;host=forged.example',
  X_Forwarded_For: '6.6.6.6',
  X_Forwarded_Proto: 'https',
  X_Forwarded_Prefix: '/forged',
};

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
  const [, decoded] = JSON.parse((await get(`${url}/environ/100%25%2Fx`)).body) as string[];
  expect(decoded).toBe('/environ/100%/x');
  const located = await get(`${url}/environ/there`);
  expect([located.headers.location, located.body]).toEqual(['/', expect.stringContaining('/environ/there')]);
  const truth = await get(`${url}/environ/more`);
  const forged = await Promise.all([
    get(`${url}/environ/more`, { headers: FORGED }),
    // Two headers that contradict each other are refused, so each has to be tried by itself too.
    ...Object.entries(FORGED).map(([name, value]) =>
      get(`${url}/environ/more`, { headers: { [name]: value } }),
    ),
  ]);
  expect(forged.map(({ body }) => body)).toEqual(forged.map(() => truth.body));

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

  const from = site.output.length;
  const aborted = await begin(`${url}/endless`);
  aborted.request.destroy();
  await site.saw(/The client has gone\./, from);
}

/** New code, and a new server, while requests go on. Gives the new server's process. */
async function replaceUnderLoad(site: Wsgi, loads: readonly Load[]): Promise<number> {
  const more = () => Promise.all(loads.map((load) => load.more(50)));
  await more();
  writeFiles(site.root, { 'mysite/version.ts': version('2') });
  expect(await site.reload()).toContain('Reloaded.');
  await more();
  writeFiles(site.root, { 'mysite/version.ts': version('3') });
  site.signal('SIGUSR2');
  const [, successor] = await site.saw(/Process (\d+) serves now/);
  onTestFinished(() => {
    if (isAlive(Number(successor))) process.kill(Number(successor), 'SIGKILL');
  });
  await once(site.process, 'exit');
  await more();
  return Number(successor);
}

/** Does something for each web server, at the same time. What fails says for which. */
async function behindEach(
  running: readonly Running[],
  act: (running: Running) => Promise<void>,
): Promise<void> {
  const named = async (one: Running) => {
    await act(one).catch((cause: Error) => {
      throw new Error(`Behind ${one.server.name}: ${cause.message}`, { cause });
    });
  };
  await Promise.all(running.map(named));
}

// One site for all web servers of a way, since their guides start it by the same command.
const WAYS: readonly Way[] = ['HTTP', 'FastCGI', 'SCGI', 'uwsgi'];
describe.each(WAYS)('docs/deploy: the site by %s', (way) => {
  const wanted = WEB_SERVERS.filter(({ ways }) => ways.includes(way));
  const servers = wanted.filter(({ part }) => isThere(part));

  test.skipIf(servers.length === 0)(
    `behind ${servers.map(({ name }) => name).join(', ')}`,
    { timeout: 60_000 },
    async () => {
      const at = place();
      const site = await startSite(servers, way, at);
      const running: readonly Running[] = await Promise.all(
        servers.map(async (server) => {
          return { server, port: await startWebServer(server, server.part.file!, way, at) };
        }),
      );
      // One after another: the site has one stream at a time that waits for /go.
      for (const one of running) await behindEach([one], ({ port }) => passesRequests(urlOf(port), site));
      await behindEach(running, async ({ server, port }) => {
        if (!server.hasFiles) return;
        const { headers, body } = await get(`${urlOf(port)}/static/site.css`);
        expect(body).toBe(FILES['static/site.css']);
        expect(headers['content-type']).toContain('text/');
        // No such file is there: staticUrl() makes the name, and the site knows which file it means.
        expect((await get(`${urlOf(port)}/static/site.0123456789ab.css`)).body).toMatch(/^1 \d+$/);
      });

      const loads = running.map(({ port }) => new Load({ port }, { keepAlive: 4, oneRequest: 2 }));
      const successor = await replaceUnderLoad(site, loads);
      await behindEach(running, async (one) => {
        const { failures, bodies } = await loads[running.indexOf(one)]!.end();
        expect(failures).toEqual([]);
        const versions = new Set([...bodies.keys()].map((body) => body.split(' ')[0]));
        expect([...versions].sort()).toEqual(['1', '2', '3']);
      });

      process.kill(successor, 'SIGTERM');
      await expect.poll(() => isAlive(successor), { interval: 20 }).toBe(false);
      await behindEach(running, async ({ port }) => {
        expect((await get(urlOf(port))).status).toBeGreaterThanOrEqual(502);
      });
      await startSite(servers, way, at);
      // By default Apache would wait for a minute, nginx for ten seconds; lighttpd looks once a second.
      await behindEach(running, async ({ port }) => {
        const status = async () => (await get(urlOf(port))).status;
        await expect.poll(status, { timeout: 8_000, interval: 20 }).toBe(200);
      });
    },
  );
});

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

  test('docs/deploy: nginx continues to use the site after a worker has died', async () => {
    expect(await statusAfterDeaths((configuration) => configuration)).toBe(200);
    expect(await statusAfterDeaths((configuration) => configuration.replace(' max_fails=0', ''))).toBe(502);
  });
});
