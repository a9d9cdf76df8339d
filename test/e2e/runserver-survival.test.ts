import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type AtEnd, type Files, writeFiles } from '../_temp-folder.ts';
import { AT_REST, answering, descendants, get, isAlive, type RunningSite, runserver } from './_runserver.ts';

vi.setConfig({ testTimeout: 90_000 });

/** The interface moves the lines of the code that runs: a place that is right went through the source map. */
const LOOP = `
interface Nothing {
  readonly of: 'this';
}
function spin(): never {
  process.stdout.write('spinning\\n');
  for (;;);
}
`;

/** At the top level of a module: waits until a test writes the file `end`. */
const WAITING = `import { existsSync as isThere } from 'node:fs';
while (!isThere('end')) await new Promise((resolve) => setTimeout(resolve, 20));`;

/** The same for a shell. */
const UNTIL_END = 'until [ -e end ]; do sleep 0.05; done';

/** For tests that run at the same time. */
function serve(files: Files, atEnd: AtEnd): Promise<RunningSite> {
  return runserver(files, [], undefined, undefined, { atEnd });
}

function count(site: RunningSite, pattern: RegExp): number {
  return [...site.output.matchAll(new RegExp(pattern, 'gm'))].length;
}

function save(site: RunningSite, text: string): void {
  writeFileSync(path.join(site.root, 'mysite/wsgi.ts'), answering(text));
}

// The notices of these three come after 2 s to 10 s: their tests run at the same time.
describe.concurrent('a module that does not finish', () => {
  test('is reported with its place, and a page shows that until it is fixed', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await serve({ 'mysite/wsgi.ts': `${LOOP}spin();` }, onTestFinished);
    const waiting = get(site.url);
    await site.saw(
      /still loading after 3 s.*\n(?:.*\n)+ +at spin \(mysite\/wsgi\.ts:7:\d+\)\n +at mysite\/wsgi\.ts:9/,
    );
    const { status, body } = await waiting;
    expect([status, body]).toEqual([
      500,
      expect.stringMatching(/^mysite\/wsgi\.ts:7:\d+: the site is still loading after 10 s/m),
    ]);
    save(site, 'fixed');
    expect((await get(site.url)).body).toBe('fixed');
    expect(count(site, /still loading after 3 s/)).toBe(1);
    expect(count(site, /still loading after 10 s/)).toBe(1);
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
  });

  test('for a while is waited for, and served at its end', async ({ expect, onTestFinished }) => {
    const site = await serve({}, onTestFinished);
    await get(site.url);
    writeFiles(site.root, { 'mysite/wsgi.ts': `${WAITING}\n${answering('late')}` });
    expect((await get(site.url)).body).toMatch(/still loading after 10 s: a module waits at its top level/);
    writeFiles(site.root, { end: '' });
    await site.saw(/wsgi\.ts changed, reloaded in \d{5} ms/);
    expect((await get(site.url)).body).toBe('late');
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
  });

  test.for([
    ['waits', WAITING],
    ['is busy', `import { existsSync } from 'node:fs'; while (!existsSync('end'));`],
  ] as const)(
    'and that %s for 3 s is reported once, while requests wait',
    async ([, code], { expect, onTestFinished }) => {
      const site = await serve({ 'mysite/wsgi.ts': `${code}\n${answering('loaded')}` }, onTestFinished);
      const answers = Promise.all([get(site.url), get(site.url)]);
      await site.saw(/still loading after 3 s/);
      writeFiles(site.root, { end: '' });
      expect(await answers).toMatchObject([{ body: 'loaded' }, { body: 'loaded' }]);
      expect(count(site, /still loading after 3 s/)).toBe(1);
    },
  );
});

describe.concurrent('a view in an endless loop', () => {
  const urls = (text: string) => `${LOOP}
import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('${text}')), path('loop/', () => spin())];`;

  test('is reported once with its place, while a new process answers other requests', async ({
    expect,
    onTestFinished,
  }) => {
    const site = await serve({ 'mysite/urls.ts': urls('ok') }, onTestFinished);
    expect((await get(site.url)).body).toBe('ok');
    const hanging = get(new URL('/loop/', site.url)).catch((error: Error) => error);
    // These come while nobody knows yet that the process hangs.
    const others = Array.from({ length: 5 }, () => get(site.url));
    expect((await Promise.all(others)).map(({ body }) => body)).toEqual(Array(5).fill('ok'));
    await site.saw(
      /^mysite\/urls\.ts:7:\d+: A request has kept .*\n(?:.*\n)+ +at spin \(mysite\/urls\.ts:7:\d+\)\n +at mysite\/urls\.ts:11:\d+/m,
    );
    writeFiles(site.root, { 'mysite/urls.ts': urls('fixed') });
    expect((await get(site.url)).body).toBe('fixed');
    expect(count(site, /A request has kept/)).toBe(1);
    await site.stop('SIGINT');
    expect(await hanging).toBeInstanceOf(Error);
  });

  test('that ends is still answered', async ({ expect, onTestFinished }) => {
    const site = await serve(
      {
        'mysite/urls.ts': `
        import { path } from 'startproject/urls';
        import { existsSync } from 'node:fs';
        function busy() {
          while (!existsSync('end'));
          return new Response('late');
        }
        export const urlpatterns = [path('', busy)];`,
      },
      onTestFinished,
    );
    const answer = get(site.url);
    await site.saw(/A request has kept/);
    writeFiles(site.root, { end: '' });
    expect((await answer).body).toBe('late');
    expect(count(site, /A request has kept/)).toBe(1);
  });

  test('ends with its arbiter, also when that was killed', async ({ expect, onTestFinished }) => {
    const site = await serve({ 'mysite/urls.ts': urls('ok') }, onTestFinished);
    await get(site.url);
    const hanging = get(new URL('/loop/', site.url)).catch((error: Error) => error);
    const workers = descendants(site.process.pid!);
    await site.saw(/spinning/);
    await site.stop('SIGKILL');
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
    await hanging;
  });
});

describe.concurrent('a process that runs no JavaScript', () => {
  test('is reported with the process that it waits for', async ({ expect, onTestFinished }) => {
    const files = {
      'mysite/urls.ts': `
        import { execSync } from 'node:child_process';
        import { path } from 'startproject/urls';
        function wait() {
          execSync(${JSON.stringify(UNTIL_END)});
          return new Response('late');
        }
        export const urlpatterns = [path('', wait)];`,
    };
    const site = await serve(files, onTestFinished);
    const answer = get(site.url);
    await site.saw(
      /The site's process \(\d+\) has answered no request for 2\.5 s; .*it has started: (sh|sleep) \(process \d+\)/,
    );
    writeFiles(site.root, { end: '' });
    expect((await answer).body).toBe('late');
  });

  test('because it is stopped is reported, and answers when it continues', async ({
    expect,
    onTestFinished,
  }) => {
    const urls = `
      import { path } from 'startproject/urls';
      export const urlpatterns = [path('', () => new Response(String(process.pid)))];`;
    const site = await serve({ 'mysite/urls.ts': urls }, onTestFinished);
    const pid = Number((await get(site.url)).body);
    process.kill(pid, 'SIGSTOP');
    const answer = get(site.url);
    await site.saw(
      new RegExp(`process \\(${pid}\\) has answered no request .* stopped by a signal; "kill -CONT ${pid}"`),
    );
    process.kill(pid, 'SIGCONT');
    expect((await answer).body).toBe(String(pid));
  });

  test('while it loads is reported too', async ({ expect, onTestFinished }) => {
    const wait = `import { execSync } from 'node:child_process';\nexecSync(${JSON.stringify(UNTIL_END)});`;
    const site = await serve({ 'mysite/wsgi.ts': `${wait}\n${answering('ok')}` }, onTestFinished);
    const answer = get(site.url);
    await site.saw(/still loading after 3 s; .*it has started: (sh|sleep) \(process/);
    writeFiles(site.root, { end: '' });
    expect((await answer).body).toBe('ok');
  });
});

test('a view that closes the channel to the arbiter ends its process, and the next request is answered', async () => {
  const site = await runserver({
    'mysite/urls.ts': `
      import { closeSync } from 'node:fs';
      import { path } from 'startproject/urls';
      const CHANNEL = Number(process.env.NODE_CHANNEL_FD ?? 3);
      function close() {
        closeSync(CHANNEL);
        return new Response('closed');
      }
      export const urlpatterns = [path('', () => new Response('ok')), path('close/', close)];`,
  });
  await get(new URL('/close/', site.url)).catch(() => {});
  expect((await get(site.url)).body).toBe('ok');
  expect(count(site, /^The site's process closed its channel to runserver\. It is started again\.$/)).toBe(1);
});

describe('a full memory', () => {
  const FILL = 'const all = [];\nfor (;;) all.push(new Array(10_000).fill(String(all.length)));\n';
  const SMALL = { NODE_OPTIONS: '--max-old-space-size=48' };
  const TOLD = /^(?:Error: )?The site's process ran out of memory/;

  test('in a view is reported once, and the next request is answered', async () => {
    const site = await runserver(
      {
        'mysite/urls.ts': `
          import { path } from 'startproject/urls';
          function fill(): Response {\n${FILL}\n}
          export const urlpatterns = [path('', () => new Response('ok')), path('fill/', fill)];`,
      },
      [],
      SMALL,
    );
    const { status, body } = await get(new URL('/fill/', site.url));
    expect([status, body]).toEqual([502, expect.stringContaining("The site's process ran out of memory")]);
    await site.saw(
      /^The site's process ran out of memory.*next request.*\nHint: .*NODE_OPTIONS=--max-old-space-size/m,
    );
    expect((await get(site.url)).body).toBe('ok');
    expect(count(site, TOLD)).toBe(1);
  });

  test('at import is reported once, shown, and fixed by a save', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': FILL }, [], SMALL);
    expect((await get(site.url)).body).toContain("The site's process ran out of memory");
    save(site, 'fixed');
    expect((await get(site.url)).body).toBe('fixed');
    expect(count(site, TOLD)).toBe(1);
  });
});

test('a site that ends its process after each load gets a page about it until it is fixed', async () => {
  const ending =
    'setTimeout(() => process.exit(3), 0);\nexport const application = () => new Promise(() => {});';
  const site = await runserver({ 'mysite/wsgi.ts': ending });
  expect((await get(site.url)).body).toMatch(/The site's process exited with code 3/);
  save(site, 'fixed');
  expect((await get(site.url)).body).toBe('fixed');
});

test('a killed spare is replaced, and the next save is served', async () => {
  const site = await runserver({ 'mysite/wsgi.ts': answering('one') });
  expect((await get(site.url)).body).toBe('one');
  await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
  const spare = Math.max(...descendants(site.process.pid!));
  process.kill(spare, 'SIGKILL');
  save(site, 'two');
  expect((await get(site.url)).body).toBe('two');
  await expect.poll(() => descendants(site.process.pid!).filter(isAlive).length).toBe(AT_REST);
  expect(descendants(site.process.pid!)).not.toContain(spare);
});

describe('a series of saves', () => {
  test('with 100 ms between them gives 20 fresh answers from few processes', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': answering('0') });
    await get(site.url);
    const answers: string[] = [];
    let most = 0;
    for (let n = 1; n <= 20; n++) {
      const next = delay(100);
      save(site, String(n));
      answers.push((await get(site.url)).body);
      most = Math.max(most, descendants(site.process.pid!).length);
      await next;
    }
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 1)));
    // Besides those at rest at most three that drain, and one that has been told to end at once.
    expect(most).toBeLessThanOrEqual(AT_REST + 4);
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
  });

  test('with 50 ms between them is served', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': answering('0') });
    await get(site.url);
    save(site, '1');
    await delay(50);
    save(site, '2');
    expect((await get(site.url)).body).toBe('2');
  });
});

describe('under constant load', () => {
  const APPLICATION = (text: string) => `
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
const text = new TextEncoder().encode('${text}');
async function* until(file: string) {
  yield text;
  while (!existsSync(file)) await setTimeout(5);
  yield text;
}
export async function application(environ, startResponse) {
  if (environ.PATH_INFO !== '/') console.log('begun', environ.PATH_INFO);
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  if (environ.PATH_INFO === '/stream') return until('end-of-stream');
  if (environ.PATH_INFO === '/upload') return [text, await environ['wsgi.input'].read()];
  return [text];
}`;

  test('no answer is stale and no request fails, and open requests end with their own code', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': APPLICATION('0') });
    const file = path.join(site.root, 'mysite/wsgi.ts');
    await get(site.url);
    const stop = new AbortController();
    const agent = new http.Agent({ keepAlive: true });
    const load = Promise.all([
      backgroundLoad(site.url, stop.signal),
      backgroundLoad(site.url, stop.signal, agent),
    ]);
    const stream = get(new URL('/stream', site.url));
    const upload = net.connect(Number(new URL(site.url).port), '127.0.0.1').setEncoding('latin1');
    upload.write('POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab');
    await site.saw(/begun \/stream.*begun \/upload|begun \/upload.*begun \/stream/s);

    const stale: string[] = [];
    for (let n = 1; n <= 30; n++) {
      writeFileSync(file, APPLICATION(String(n)));
      await delay(1);
      const { body } = await get(site.url);
      if (body !== String(n)) stale.push(`${body} instead of ${n}`);
      if (n === 3) {
        upload.write('cd');
        writeFiles(site.root, { 'end-of-stream': '' });
      }
    }
    stop.abort();
    expect(stale).toEqual([]);
    expect((await stream).body).toBe('00');
    let answer = '';
    for await (const text of upload) answer += text;
    expect(answer).toMatch(/0abcd$/);
    const [fresh, kept] = await load;
    expect([...fresh.failures, ...kept.failures]).toEqual([]);
    expect(Math.min(fresh.count, kept.count)).toBeGreaterThan(30);
    agent.destroy();
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
  });

  /** A request every 20 ms, whether those before it have been answered or not. */
  async function backgroundLoad(url: string, signal: AbortSignal, agent?: http.Agent) {
    const requests: Promise<unknown>[] = [];
    while (!signal.aborted) {
      requests.push(
        get(url, agent && { agent }).then(
          ({ status }) => status,
          (error: Error) => error,
        ),
      );
      await delay(20);
    }
    const results = await Promise.all(requests);
    return { count: results.length, failures: results.filter((result) => result !== 200) };
  }
});

describe('Ctrl-C leaves no process behind', () => {
  test.each([
    ['while a view is in a loop', '/loop'],
    ['while a response streams', '/stream'],
  ])('%s', async (_state, url) => {
    const site = await runserver({
      'mysite/wsgi.ts': `
        export function application(environ, startResponse) {
          console.log('begun');
          if (environ.PATH_INFO === '/loop') for (;;);
          startResponse('200 OK', []);
          return endless();
        }
        async function* endless() {
          for (;;) {
            yield new Uint8Array(1);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        }`,
    });
    const request = http.get(new URL(url, site.url), { agent: false }).on('error', () => {});
    request.on('response', (response) => response.on('error', () => {}).resume());
    await site.saw(/begun/);
    const workers = descendants(site.process.pid!);
    expect(await site.stop('SIGINT')).toEqual({ code: 130, signal: null });
    await expect.poll(() => workers.filter(isAlive)).toEqual([]);
    if (!request.closed) await once(request, 'close');
  });
});

describe('process.abort()', () => {
  test.each([
    [
      'in a view',
      {
        'mysite/urls.ts': `
      import { path } from 'startproject/urls';
      export const urlpatterns = [path('', () => new Response('ok')), path('abort/', () => process.abort())];`,
      },
    ],
  ])('%s is reported as such, and the next request is answered', async (_where, files) => {
    const site = await runserver(files);
    const { status, body } = await get(new URL('/abort/', site.url));
    expect([status, body]).toEqual([502, expect.stringMatching(/aborted itself.*urls\.ts:3:\d+/s)]);
    await site.saw(
      /^mysite\/urls\.ts:3:\d+: The site's process aborted itself \(SIGABRT\)\. The next request starts it again/m,
    );
    expect((await get(site.url)).body).toBe('ok');
    expect(site.output).not.toMatch(/out of memory/);
  });

  test('at import is shown with its place', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': 'process.abort();' });
    const { body } = await get(site.url);
    expect(body).toContain("The site's process aborted itself (SIGABRT).");
    expect(body).toMatch(/wsgi\.ts:1:9/);
  });
});

describe('the code cache', () => {
  test('with wrong bits is not used', async () => {
    const first = await runserver({});
    await get(first.url);
    const folder = path.join(first.root, '.cache/startproject');
    const kept = () => readdirSync(folder).filter((name) => /^code-[^.]*\.[^.]*\.[^.]*$/.test(name));
    await expect.poll(() => existsSync(folder) && kept().length).toBe(1);
    await first.stop();
    const file = path.join(folder, kept()[0]!);
    const bytes = readFileSync(file);
    for (let n = 0; n < 64; n++) bytes[Math.floor((bytes.length * (n + 0.5)) / 64)]! ^= 1 << (n & 7);
    writeFileSync(file, bytes);
    const second = await runserver({}, [], { XDG_CACHE_HOME: path.dirname(folder) });
    expect((await get(second.url)).body).toBe('home 1');
    expect(second.output).not.toMatch(/SIG|could not/);
  });
});

describe('the channel between the processes', () => {
  test('ignores messages that the site sends to it and to itself', async () => {
    const site = await runserver({
      'mysite/urls.ts': `
        import { path } from 'startproject/urls';
        const messages = [null, 1, 'text', [], {}, { type: 'answered' }, { type: 'ready' }, { type: 'booted' },
          ['', { type: 'booted' }], ['', { type: 'answered', answered: null }], { cmd: 'NODE_STARTPROJECT' }];
        function shout() {
          for (const message of messages) {
            process.send(message);
            process.emit('message', message);
          }
          for (const type of ['retire', 'warm', 'activate', 'connection']) process.emit('message', ['', { type }]);
          return new Response('shouted');
        }
        export const urlpatterns = [path('', shout)];`,
    });
    for (let n = 0; n < 3; n++) expect((await get(site.url)).body).toBe('shouted');
    await site.saw(/"GET \/ HTTP\/1.1" 200 7(?:.*\n)+.*"GET \/ HTTP\/1.1" 200 7/);
    save(site, 'next');
    expect((await get(site.url)).body).toBe('next');
    expect(site.output).not.toMatch(/Error/);
  });
});

test('requests that wait while the process dies are answered by the next process', async () => {
  const site = await runserver({
    'mysite/urls.ts': `
      import { path } from 'startproject/urls';
      function die(): Response {
        process.stdout.write('dying\\n');
        const end = Date.now() + 600;
        while (Date.now() < end);
        process.exit(1);
      }
      export const urlpatterns = [path('', () => new Response('ok')), path('die/', die)];`,
  });
  expect((await get(site.url)).body).toBe('ok');
  const dying = get(new URL('/die/', site.url));
  await site.saw(/dying/);
  const waiting = await Promise.all([get(site.url), get(site.url), get(site.url)]);
  expect(waiting.map(({ body }) => body)).toEqual(['ok', 'ok', 'ok']);
  expect(await dying).toMatchObject({ status: 502 });
  await site.saw(/exited with code 1\. It is started again\./);
});

test.each([
  ['every 40 ms', 40],
  ['every 5 ms', 5],
])('a file that is saved %s delays no request for long, and the last save is served', async (_how, ms) => {
  const site = await runserver({
    'mysite/text.ts': `export const text = '00000';`,
    'mysite/wsgi.ts': answering('0')
      .replace('"0"', 'String(Number(text))')
      .replace('import', `import { text } from './text.ts';\nimport`),
  });
  expect((await get(site.url)).body).toBe('0');
  let saves = 0;
  const saving = setInterval(() => {
    saves += 1;
    // In one step: a file that is emptied first would stay so while this process waits for a processor.
    const text = String(saves).padStart(5, '0');
    writeFileSync(path.join(site.root, 'mysite/text.ts'), `export const text = '${text}';`, { flag: 'r+' });
  }, ms);
  try {
    for (let n = 0; n < 3; n++) {
      await delay(ms * 2);
      const before = saves;
      const answers = await Promise.all([get(site.url), get(site.url), get(site.url)]);
      for (const { status, body } of answers) {
        expect(status).toBe(200);
        expect(Number(body)).toBeGreaterThanOrEqual(before);
      }
    }
  } finally {
    clearInterval(saving);
  }
  expect((await get(site.url)).body).toBe(String(saves));
  await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
});

test('a file with an error that is saved continuously is shown with its error, and works as soon as it is fixed', async () => {
  const site = await runserver({ 'mysite/wsgi.ts': answering('0') });
  expect((await get(site.url)).body).toBe('0');
  let saves = 0;
  const saving = setInterval(() => {
    saves += 1;
    // As a whole: a file that is emptied first may be read just then, and has another error.
    writeFiles(site.root, { 'mysite/next.ts': `const broken = ${saves};\n(;` });
    renameSync(path.join(site.root, 'mysite/next.ts'), path.join(site.root, 'mysite/wsgi.ts'));
  }, 20);
  try {
    await delay(40);
    const answers = await Promise.all([get(site.url), get(site.url)]);
    for (const { status, body } of answers)
      expect([status, body]).toEqual([500, expect.stringMatching(/mysite\/wsgi\.ts:2:\d+/)]);
  } finally {
    clearInterval(saving);
  }
  save(site, 'fixed');
  expect((await get(site.url)).body).toBe('fixed');
});
