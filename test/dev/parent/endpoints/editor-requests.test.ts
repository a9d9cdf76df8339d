import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EditorRequests } from '../../../../src/dev/parent/endpoints/editor-requests.ts';
import type { SourceLocation } from '../../../../src/errors.ts';
import { temporaryFolder, writeFiles } from '../../../_temp-folder.ts';

const HEADERS = { host: 'localhost:8000', origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' };

/** A project, and what asks for one of its files. */
async function serving(failure?: string) {
  const folder = temporaryFolder();
  const root = path.join(folder, 'site');
  writeFiles(root, { 'mysite/views.ts': '', 'a b.ts': '', '.env': '', '.git/config': '' });
  writeFiles(folder, { 'outside.ts': '' });
  symlinkSync(path.join(folder, 'outside.ts'), path.join(root, 'link.ts'));
  const opened: SourceLocation[] = [];
  const notices: string[] = [];
  const editor = new EditorRequests({
    root,
    openFile: async (place) => {
      opened.push(place);
      return failure;
    },
    onNotice: (text) => notices.push(text),
  });
  const server = net.createServer({ allowHalfOpen: true }, (socket) =>
    socket.once('data', (head) => editor.accept({ socket, head, resume: () => {} })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());

  async function post(place: string, headers: object = {}, action = editor.action): Promise<string> {
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    const fields = Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== undefined);
    const target = `${action}&place=${encodeURIComponent(place)}`;
    client.write(
      `POST ${target} HTTP/1.1\r\n${fields.map((field) => field.join(': ')).join('\r\n')}\r\n\r\n`,
    );
    let answer = '';
    client.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    await once(client, 'end');
    client.destroy();
    return answer;
  }
  return { root, opened, notices, post, editor };
}

test('a place of the project is opened, and the browser stays on its page', async () => {
  const { root, opened, post } = await serving();
  expect(await post(path.join(root, 'a b.ts:12:3'))).toMatch(/^HTTP\/1\.1 204 /);
  expect(await post(path.join(root, 'mysite/views.ts:7'), { origin: undefined })).toMatch(/^HTTP\/1\.1 204 /);
  expect(opened).toEqual([
    { file: path.join(root, 'a b.ts'), line: 12, column: 3 },
    { file: path.join(root, 'mysite/views.ts'), line: 7, column: 1 },
  ]);
});

test.each([
  ['another origin', { origin: 'http://evil.example', 'sec-fetch-site': undefined }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['an origin of the same site', { 'sec-fetch-site': 'same-site' }],
  ['a client that names no origin', { origin: undefined, 'sec-fetch-site': undefined }],
  ['a foreign host that leads here', { host: 'evil.example', origin: 'http://evil.example' }],
  ['a proxy', { 'x-forwarded-for': '10.0.0.1' }],
])('%s is refused', async (_, headers) => {
  const { root, opened, post } = await serving();
  expect(await post(path.join(root, 'mysite/views.ts:1'), headers)).toMatch(/^HTTP\/1\.1 403 /);
  expect(opened).toEqual([]);
});

test.each([
  ['no token', (action: string) => action.replace(/=.*/, '=')],
  ['another token', (action: string) => `${action.slice(0, -1)}${action.endsWith('A') ? 'B' : 'A'}`],
])('a request with %s is refused', async (_, change) => {
  const { root, opened, post, editor } = await serving();
  expect(await post(path.join(root, 'mysite/views.ts:1'), {}, change(editor.action))).toMatch(
    /^HTTP\/1\.1 403 /,
  );
  expect(opened).toEqual([]);
});

test.each([
  '.env:1',
  '.git/config:1',
  'link.ts:1',
  '../outside.ts:1',
  'missing.ts:1',
  'mysite:1',
  'mysite/views.ts',
])('%s is not opened', async (place) => {
  const { root, opened, post } = await serving();
  expect(await post(`${root}/${place}`)).toMatch(/^HTTP\/1\.1 404 /);
  expect(await post('/etc/passwd:1')).toMatch(/^HTTP\/1\.1 404 /);
  expect(opened).toEqual([]);
});

test('the reason for a missing editor is shown on the page and in the terminal', async () => {
  const { root, notices, post } = await serving('No editor is running.');
  const answer = await post(path.join(root, 'mysite/views.ts:1'));
  expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\n\r\nNo editor is running\.\n$/s);
  expect(notices).toEqual(['No editor is running.']);
});

test.each([
  ['POST /__startproject__/editor?token=x', true, false],
  ['POST /__startproject__/edit', false, true],
  ['POST /', false, true],
  ['GET /__startproject__/editor?', false, false],
  ['POST /__startproject__/editors', false, false],
])('claims() of %j is %s, and mayClaim() is %s', (head, claims, mayClaim) => {
  const editor = new EditorRequests({ root: '/', openFile: async () => undefined, onNotice: () => {} });
  expect([editor.claims(Buffer.from(head)), editor.mayClaim(Buffer.from(head))]).toEqual([claims, mayClaim]);
});

test('a request with a head that is too long is refused', async () => {
  const { root, opened, post } = await serving();
  expect(await post(path.join(root, 'mysite/views.ts:1'), { cookie: 'x'.repeat(65_536) })).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(opened).toEqual([]);
});
