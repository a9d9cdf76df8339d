import net from 'node:net';
import { expect, test } from 'vitest';
import { type RunningSite, runserver } from './_runserver.ts';

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const FORGED = '[22/Nov/2026 08:00:00] "GET /forged HTTP/1.1" 200 12';

const URLS = {
  'mysite/urls.ts': `
import { path } from 'startproject/urls';
export const urlpatterns = [
  path('', (request) => {
    const name = new URL(request.url).searchParams.get('name');
    throw new Error('There is no user ' + name, { cause: new Error('because of ' + name) });
  }),
  path('later', (request) => {
    const name = new URL(request.url).searchParams.get('name');
    setTimeout(() => { throw new Error('Later ' + name); }, 0);
    return new Response('ok');
  }),
];
`,
};

/** Sends bytes to a site and waits for the end of what it answers. */
async function send(site: RunningSite, text: string): Promise<string> {
  const socket = net.connect(Number(new URL(site.url).port), '127.0.0.1').setEncoding('latin1');
  socket.write(text, 'latin1');
  let answer = '';
  for await (const block of socket) answer += block;
  return answer;
}

const get = (target: string, host = 'localhost') =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

test.each([[[]], [['--noreload']]])(
  'no data of a client controls the terminal or forges a log line, with %j',
  async (args) => {
    const site = await runserver(URLS, args);
    const name = encodeURIComponent(`x\x1b[2J\x9b2J\r\n${FORGED}\n`);
    await send(site, get(`/?name=${name}`));
    await send(site, get('/', 'a\x9b2J'));
    await send(site, get('/', 'evil\x1b[2J.com'));
    await send(site, get('/\x9b2J'));
    await send(site, `GET /\x1b]0;title\x07 HTTP/1.1\r\n\x9b2J: a\r\n\r\n`);
    await send(site, 'nonsense\x9b2J\r\n\r\n');
    await send(site, get('/end'));
    await site.saw(/"GET \/end HTTP\/1\.1" 404/);
    expect(CONTROL.exec(site.output)).toBeNull();
    expect(site.output).toContain('There is no user x\\x1b[2J\\x9b2J');
    expect(site.output.split('\n').filter((line) => line.startsWith(FORGED))).toEqual([]);
  },
);

test('an uncaught error does not control the terminal', async () => {
  const site = await runserver(URLS);
  await send(site, get(`/later?name=${encodeURIComponent(`x\x1b[2J\x9b2J\n${FORGED}\nend`)}`));
  await site.saw(/Later x[\s\S]*end/);
  expect(CONTROL.exec(site.output)).toBeNull();
  expect(site.output.split('\n').filter((line) => line.startsWith(FORGED))).toEqual([]);
});
