import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Load } from './_load.ts';
import { get, isAlive } from './_runserver.ts';
import { requestInHand, runwsgi, version, Wsgi } from './_runwsgi.ts';

/** Answers 200 or 500 by `version.ts`, or never. */
const WARM = `import { appendFileSync } from 'node:fs';
import type { WSGIApplication } from 'startproject/wsgi';
import { STATUS, VERSION } from './version.ts';
export const application: WSGIApplication = async (environ, startResponse) => {
  if (environ.PATH_INFO === '/warm') appendFileSync('warmed', environ.HTTP_HOST + '\\n');
  if (environ.PATH_INFO === '/warm' && STATUS === 'never') await new Promise(() => {});
  startResponse(environ.PATH_INFO === '/warm' ? STATUS : '200 OK', []);
  return [new TextEncoder().encode(\`\${VERSION} \${process.pid}\`)];
};
`;

const warm = (text: string, status: string) => ({
  'mysite/wsgi.ts': WARM,
  'mysite/version.ts': version(text, `export const STATUS: string = '${status}';`),
});

test('--max-requests replaces workers at different counts, without losing a request', async () => {
  const site = await runwsgi(['-w', '2', '--max-requests', '150', '--max-requests-jitter', '100']);
  const first = site.workers;
  const load = new Load({ port: site.port }, { keepAlive: 4, oneRequest: 4 });
  const replaced = /Worker (\d+) is replaced: it has answered (\d+) requests \(--max-requests\)/g;
  await site.saw(/(?:is replaced[\s\S]*){3}/);
  await load.more(100);
  expect((await load.end()).failures).toEqual([]);
  const replacements = [...site.output.matchAll(replaced)];
  for (const [, , requests] of replacements) {
    expect(Number(requests)).toBeGreaterThanOrEqual(150);
    expect(Number(requests)).toBeLessThan(400);
  }
  expect(first).toEqual(expect.arrayContaining([Number(replacements[0]![1])]));
  expect(site.output).not.toMatch(/died/);
  await expect.poll(() => first.filter(isAlive).length).toBeLessThan(2);
});

test('--max-worker-lifetime replaces a worker without requests', async () => {
  const site = await runwsgi(['--max-worker-lifetime', '1']);
  const [first] = site.workers;
  await site.saw(/Worker \d+ is replaced: it has run for \d s \(--max-worker-lifetime\)/);
  await expect.poll(() => isAlive(first!)).toBe(false);
  expect((await site.ask()).version).toBe('1');
  expect(site.output).not.toMatch(/died/);
});

test('--max-memory replaces a worker, whose upload in progress is completed', async () => {
  const site = await runwsgi(['--max-memory', '140M']);
  const [first] = site.workers;
  const client = await requestInHand(site);
  expect((await site.ask('/grow')).pid).toBe(first);
  await site.saw(new RegExp(`Worker ${first} is replaced: it takes \\d+ MiB \\(--max-memory\\)`));
  await expect.poll(async () => (await site.ask()).pid).not.toBe(first);
  client.send('cd');
  expect(await client.untilClosed()).toMatch(new RegExp(`\r\n\r\n1 ${first}$`));
  await expect.poll(() => isAlive(first!)).toBe(false);
  expect(site.output).not.toMatch(/died/);
});

test('each worker answers the warm-up requests before it serves, with an allowed host', async () => {
  const site = await runwsgi(['-w', '2', '--warmup', '/warm'], { files: warm('1', '204 No Content') });
  expect(readFileSync(`${site.root}/warmed`, 'utf8')).toBe('localhost\nlocalhost\n');
  expect((await site.ask()).version).toBe('1');
});

test('a generation that answers a warm-up request with an error never serves', async () => {
  const site = await runwsgi(['-w', '2', '--warmup', '/warm', '--boot-timeout', '3'], {
    files: warm('1', '200 OK'),
  });
  const { workers } = site;
  const load = new Load({ port: site.port }, { keepAlive: 2, oneRequest: 2 });
  site.write(warm('2', '500 Internal Server Error'));
  expect(await site.reload()).toMatch(/The reload failed.*\n.*GET \/warm was answered with 500/);
  site.write(warm('3', 'never'));
  expect(await site.reload()).toMatch(
    /The reload failed.*\n.*The warm-up request GET \/warm has not been answered after 3 s \(--boot-timeout\)\./,
  );
  const { failures, bodies } = await load.end();
  expect(failures).toEqual([]);
  expect([...bodies.keys()].filter((body) => !body.startsWith('1 '))).toEqual([]);
  expect(await site.hasWorkers(2)).toEqual(workers);
  site.write(warm('4', '200 OK'));
  await site.reload();
  expect((await site.ask()).version).toBe('4');
});

test('a site whose warm-up fails at the start does not start', async () => {
  const site = new Wsgi(['--warmup', '/warm'], { files: warm('1', '500 Internal Server Error') });
  expect(await site.exit).toEqual({ code: 4, signal: null });
  expect(site.output).toMatch(/GET \/warm was answered with 500/);
});

// This one and the next wait for time-outs: at the same time.
test.concurrent('while all workers are blocked, clients get 503 after --queue-timeout, and answers when a worker is free', async ({
  expect,
  onTestFinished,
}) => {
  const site = await runwsgi(['-w', '2', '--queue-timeout', '1', '--timeout', '4'], {
    atEnd: onTestFinished,
  });
  for (let i = 0; i < 2; i++) {
    const from = site.output.length;
    void get(`${site.url}/loop`).catch(() => {}); // its worker is killed
    await site.saw(/^looping$/m, from);
  }
  const waiting = get(site.url);
  await site.saw(/No worker has been able to accept for 1 s \(--queue-timeout\)/);
  const refused = await waiting;
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toBe('5');
  await site.saw(/A worker accepts again\./);
  await expect.poll(async () => (await site.ask()).version).toBe('1');
  await expect.poll(() => site.workers, { interval: 20 }).toHaveLength(2); // the process that refused is gone
  expect(site.output.match(/--timeout\)\./g)).toHaveLength(2);
});

test.concurrent('while no worker can start, clients get 503 after --queue-timeout', async ({
  expect,
  onTestFinished,
}) => {
  const site = await runwsgi(['--queue-timeout', '1'], { atEnd: onTestFinished });
  site.write({ 'mysite/version.ts': version('2', "throw new Error('it is away');") });
  process.kill(site.workers[0]!, 'SIGKILL');
  expect((await get(site.url)).status).toBe(503);
  site.write({ 'mysite/version.ts': version('3') });
  await site.saw(/A worker accepts again\./);
  await expect.poll(async () => (await site.ask()).version).toBe('3');
});

test('kill -TERM of a worker replaces it, and its open request is answered', async () => {
  const site = await runwsgi();
  const [first] = site.workers;
  const client = await requestInHand(site);
  process.kill(first!, 'SIGTERM');
  await site.saw(new RegExp(`Worker ${first} is replaced: SIGTERM was sent to it`));
  await expect.poll(async () => (await site.ask()).pid).not.toBe(first);
  client.send('cd');
  expect(await client.untilClosed()).toMatch(new RegExp(`\r\n\r\n1 ${first}$`));
  await expect.poll(() => isAlive(first!)).toBe(false);
  expect(site.output).not.toMatch(/died/);
});
