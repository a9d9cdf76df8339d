import { once } from 'node:events';
import { chmodSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommandError } from '../../src/errors.ts';
import { openTemplate } from '../../src/scaffold/template.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { tarOf } from './_tar.ts';
import { zipOf } from './_zip.ts';

function open(source: string, { cwd = '/', excluded = '' } = {}) {
  return openTemplate(source, { cwd, home: cwd, isExcluded: (directory) => directory === excluded });
}

test('a folder gives its folders and files with their permissions', async () => {
  const folder = temporaryFolder({ 'a/run.sh': 'go', 'b.txt': 'text' });
  chmodSync(`${folder}/a/run.sh`, 0o755);
  chmodSync(`${folder}/b.txt`, 0o640);
  const { directories, files } = await open(folder);
  expect(directories).toEqual(['a']);
  expect(files).toContainEqual({ path: 'a/run.sh', mode: 0o755, content: Buffer.from('go') });
  expect(files).toContainEqual({ path: 'b.txt', mode: 0o640, content: Buffer.from('text') });
});

test('folders are excluded by their own name at any depth', async () => {
  const folder = temporaryFolder({ 'a/skip/x': '', 'skip/y': '', 'a/z': '', 'b/skip': '' });
  const { directories, files } = await open(folder, { excluded: 'skip' });
  expect(directories.toSorted()).toEqual(['a', 'b']);
  expect(files.map(({ path }) => path).toSorted()).toEqual(['a/z', 'b/skip']);
});

test('a file:// URL names a folder', async () => {
  const folder = temporaryFolder({ 'with space/a.txt': '' });
  const { files } = await open(pathToFileURL(`${folder}/with space`).href);
  expect(files.map(({ path }) => path)).toEqual(['a.txt']);
});

test('a file:// URL must be absolute', async () => {
  await expect(open('file://some/where')).rejects.toThrow(
    "Expected --template to be like file:///absolute/path, got 'file://some/where'.",
  );
});

test('relative paths, trailing slashes and a tilde are understood', async () => {
  const cwd = temporaryFolder({ 'mine/a.txt': '' });
  for (const source of ['mine', 'mine/', './mine/', '~/mine']) {
    expect((await open(source, { cwd })).files).toHaveLength(1);
  }
});

test('another kind of URL has to be downloaded first', async () => {
  await expect(open('github:someone/template')).rejects.toThrow(
    expect.objectContaining({
      message: "Expected --template to be on this machine, got 'github:someone/template'.",
      hint: expect.stringContaining('curl -LO URL'),
    }),
  );
});

describe('an http URL', () => {
  async function serving(answer: http.RequestListener): Promise<string> {
    const server = http.createServer(answer).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  test.each([
    ['zip', zipOf({ path: 'repo/a.ts', content: 'a' })],
    ['tar.gz', gzipSync(tarOf({ path: 'repo/a.ts', content: 'a' }))],
    ['tar', tarOf({ path: 'repo/a.ts', content: 'a' })],
  ])('of a %s archive is downloaded, whatever its name', async (_, bytes) => {
    const url = await serving((request, response) => {
      if (request.url === '/archive') response.end(bytes);
      else response.writeHead(302, { location: '/archive' }).end();
    });
    expect((await open(url)).files.map(({ path }) => path)).toEqual(['a.ts']);
  });

  test('that is wrong is told', async () => {
    const missing = await serving((_request, response) => void response.writeHead(404).end());
    await expect(open(missing)).rejects.toThrow(`Could not download '${missing}': the server answered 404.`);
    const page = await serving((_request, response) => void response.end('<html>'));
    await expect(open(page)).rejects.toThrow(CommandError);
    await expect(open('http://127.0.0.1:1/')).rejects.toThrow("Could not download 'http://127.0.0.1:1/'");
  });

  test('with more bytes than any template has is left', async () => {
    const url = await serving((_request, response) => {
      const block = Buffer.alloc(1024 * 1024);
      const more = () =>
        void (
          response.destroyed || (response.write(block) ? setImmediate(more) : response.once('drain', more))
        );
      more();
    });
    await expect(open(url)).rejects.toThrow(`Expected at most 64 MiB at '${url}', found more.`);
  });
});

test('a missing template is named by its absolute path', async () => {
  const cwd = temporaryFolder();
  await expect(open('missing', { cwd })).rejects.toThrow(`found nothing at '${cwd}/missing'`);
});

test('a link to a file is read', async () => {
  const folder = temporaryFolder({ 'real.txt': 'text' });
  symlinkSync('real.txt', `${folder}/link.txt`);
  const { files } = await open(folder);
  expect(files.map(({ content }) => content.toString())).toEqual(['text', 'text']);
});

test('a link to a folder is refused, since it may lead back', async () => {
  const folder = temporaryFolder({ 'a/b.txt': '' });
  symlinkSync('..', `${folder}/a/loop`);
  await expect(open(folder)).rejects.toThrow(`found something else at '${folder}/a/loop'`);
});

test('a link to a file outside of the template is refused, as in an archive', async () => {
  const folder = temporaryFolder({ 'in/a.txt': '', 'secret.txt': '' });
  symlinkSync('../secret.txt', `${folder}/in/link.txt`);
  await expect(open(`${folder}/in`)).rejects.toThrow(`found something else at '${folder}/in/link.txt'`);
});
