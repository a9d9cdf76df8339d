import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServerStatus } from '../../src/production/control/controllable.ts';
import { type Outcome, run } from './_program.ts';
import { get, isAlive } from './_runserver.ts';
import { Wsgi } from './_runwsgi.ts';

const BIN = fileURLToPath(new URL('../../bin/runwsgi.js', import.meta.url));
const COUNT = 20;

const APP = `import type { WSGIApplication } from 'startproject/wsgi';
export const application: WSGIApplication = ({ PATH_INFO }, startResponse) => {
  if (PATH_INFO === '/loop') for (;;);
  startResponse('200 OK', []);
  return [new TextEncoder().encode(process.env.NAME)];
};
`;

const CONFIG = `const names = Array.from({ length: ${COUNT} }, (_, number) => \`site\${number}\`);
const site = (name: string) => ({ bind: ['127.0.0.1:0'], env: { NAME: name }, timeout: name === 'site3' ? 1 : 30 });
export default { sites: Object.fromEntries(names.map((name) => [name, site(name)])) };
`;

test(`${COUNT} sites are independent: one is blocked, one is reloaded, and the others are unaffected`, async () => {
  const server = new Wsgi([], { bind: [], files: { 'mysite/wsgi.ts': APP, 'wsgi.config.ts': CONFIG } });
  await server.saw(new RegExp(String.raw`(?:Serving at[\s\S]*){${COUNT}}`));
  const ask = (...args: string[]): Promise<Outcome> => run(process.execPath, [BIN, ...args], server.root);
  const status = async () => (JSON.parse((await ask('status', '--json')).stdout) as ServerStatus).sites;
  const pids = (sites: ServerStatus['sites']) => sites.map(({ workers }) => workers.map(({ pid }) => pid));

  const before = await status();
  expect(before.map(({ state }) => state)).toEqual(Array(COUNT).fill('serving'));
  const answers = await Promise.all(before.map(({ addresses: [url] }) => get(url!)));
  expect(answers.map(({ body }) => body)).toEqual(before.map(({ name }) => name));

  await expect(get(`${before[3]!.addresses[0]}/loop`)).rejects.toThrow();
  await server.saw(/\[site3\] Worker \d+ died: it did not answer[\s\S]*\[site3\] Worker \d+ serves/);
  expect(await ask('reload', 'site7')).toMatchObject({ status: 0 });
  const after = await status();
  expect(after.flatMap(({ name, generation }) => (generation === 1 ? [] : [name]))).toEqual(['site7']);
  const changed = pids(after).flatMap((own, index) =>
    own.join() === pids(before)[index]!.join() ? [] : [index],
  );
  expect(changed).toEqual([3, 7]);

  const processes = [server.pid, ...pids(after).flat()];
  expect((await ask('stop')).status).toBe(0);
  await expect.poll(() => processes.filter(isAlive)).toEqual([]);
});

const TWO = `const site = (name: string, bind: string) => ({ bind: [bind], env: { NAME: name } });
export default { sites: { blog: site('blog', '127.0.0.1:0'), shop: site('shop', '127.0.0.1:0') } };
`;

/** The site's code, which does not load for these sites. */
function failingFor(...names: readonly string[]): Record<string, string> {
  const check = `if (${JSON.stringify(names)}.includes(process.env.NAME!)) throw new Error('no ' + process.env.NAME);\n`;
  return { 'mysite/wsgi.ts': check + APP };
}

test('a renamed site that does not load continues under its old name', async () => {
  const config = (name: string) => `export default { sites: {
    ${name}: { bind: ['unix:a.sock'], env: { NAME: '${name}' } },
    shop: { bind: ['unix:b.sock'], env: { NAME: 'shop' } },
  } };`;
  const server = new Wsgi([], {
    bind: [],
    files: { 'mysite/wsgi.ts': APP, 'wsgi.config.ts': config('blog') },
  });
  await server.saw(/(?:Serving at[\s\S]*){2}\n/);
  const answers = async () => {
    const sockets = ['a', 'b'].map((name) => `${server.root}/${name}.sock`);
    const all = sockets.map((socketPath) => get('http://localhost/', { socketPath }));
    return (await Promise.all(all)).map(({ body }) => body);
  };
  server.write({ ...failingFor('weblog'), 'wsgi.config.ts': config('weblog') });
  expect(await server.reload()).toMatch(
    /The reload failed.*\n +\[weblog\] mysite\/wsgi\.ts:1:\d+: loading failed/,
  );
  expect(await answers()).toEqual(['blog', 'shop']);
  server.write({ 'mysite/wsgi.ts': APP });
  await server.reload();
  expect(await answers()).toEqual(['weblog', 'shop']);
});

test('status shows a site that does not load with the reason, at the start and when it is new in a reload', async () => {
  const [one, both] = ['shop', 'shop: x, blog'].map(
    (names) =>
      `const x = { bind: ['127.0.0.1:0'], env: { NAME: '${names.slice(0, 4)}' } };
export default { sites: { ${names}: { bind: ['127.0.0.1:0'], env: { NAME: '${names.slice(-4)}' } } } };`,
  );
  const files = { ...failingFor('blog'), 'wsgi.config.ts': both! };
  const server = new Wsgi([], { bind: [], files });
  await server.saw(/\[blog\] The site does not start[\s\S]*Serving at .*\n/);
  const ask = (...args: string[]) => run(process.execPath, [BIN, ...args], server.root);
  const blog = async () =>
    (JSON.parse((await ask('status', '--json')).stdout) as ServerStatus).sites.find(
      ({ name }) => name === 'blog',
    );
  const failed = {
    state: 'failing',
    generation: 0,
    lastReload: { ok: false, reason: expect.stringMatching(/^mysite\/wsgi\.ts:1:\d+: .* no blog/) },
    workers: [],
  };
  expect(await blog()).toMatchObject(failed);
  expect(await ask('scale', '2', 'blog')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('The site is not served: it has not loaded yet.'),
  });

  server.write({ 'wsgi.config.ts': one! });
  expect(await ask('reload')).toMatchObject({ status: 0 });
  expect(await blog()).toBeUndefined();

  server.write({ 'wsgi.config.ts': both! });
  expect(await ask('reload')).toMatchObject({ status: 1 });
  expect(await blog()).toMatchObject(failed);
  expect((await ask('status')).stdout).toMatch(
    /blog: failing, generation 0\n[\s\S]*the site is not served\.\s+mysite\/wsgi\.ts:1:/,
  );
  expect((await ask('inject', 'GET', '/', '--site', 'blog')).stderr).toContain(
    "The site 'blog' is not served: it has not loaded yet.",
  );

  server.write({ 'wsgi.config.ts': 'export default { workers: 0 };' });
  expect(await ask('reload', 'shop')).toMatchObject({ status: 1 });
  expect((await ask('status')).stdout).toMatch(
    /shop: serving, generation 3\n[\s\S]*failed, generation 3 goes on serving\.\s+wsgi\.config\.ts:1:18:\s+workers: expected/,
  );

  server.write({ 'wsgi.config.ts': both!, 'mysite/wsgi.ts': APP });
  expect(await ask('reload', 'blog')).toMatchObject({ status: 0 });
  expect(await blog()).toMatchObject({ state: 'serving', generation: 1, lastReload: { ok: true } });
});

describe('by USR2 with several sites', () => {
  const logged = /\[(?:blog|shop)\] Serving at (\S+)/g;

  test('a new server that cannot serve a site does not take over from one that serves it, and the log has the reason', async () => {
    const server = new Wsgi([], { bind: [], files: { 'mysite/wsgi.ts': APP, 'wsgi.config.ts': TWO } });
    await server.saw(/(?:Serving at[\s\S]*){2}\n/);
    const urls = [...server.output.matchAll(logged)].map(([, url]) => url!);
    // The process that has read the configuration ends meanwhile.
    await expect.poll(() => server.workers).toHaveLength(2);
    const { workers } = server;
    server.write(failingFor('shop'));
    server.signal('SIGUSR2');
    await server.saw(
      /The upgrade failed, and this server continues\.\n +\[shop\] mysite\/wsgi\.ts:1:\d+: loading failed: Error: no shop/,
    );
    expect(await Promise.all(urls.map(async (url) => (await get(url)).body))).toEqual(['blog', 'shop']);
    await expect.poll(() => server.workers).toEqual(workers);
  });

  test('a new server takes over when the site that it cannot serve was not served before', async () => {
    const files = { ...failingFor('shop'), 'wsgi.config.ts': TWO };
    const server = new Wsgi([], { bind: [], files });
    await server.saw(/\[shop\] The site does not start[\s\S]*Serving at .*\n/);
    server.signal('SIGUSR2');
    const [, successor] = await server.saw(/Process (\d+) serves now/);
    onTestFinished(() => {
      if (isAlive(Number(successor))) process.kill(Number(successor), 'SIGKILL');
    });
    await once(server.process, 'exit');
    const [, url] = [...server.output.matchAll(logged)].at(-1)!;
    expect((await get(url!)).body).toBe('blog');
  });
});
