import { chmodSync, symlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openTemplate } from '../../src/scaffold/template.ts';
import { temporaryFolder } from '../_temp-folder.ts';

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

test.each(['https://example.com/t.tar.gz', 'github:someone/template'])(
  '%s has to be downloaded first',
  async (url) => {
    await expect(open(url)).rejects.toThrow(
      expect.objectContaining({
        message: `Expected --template to be on this machine, got '${url}'.`,
        hint: expect.stringContaining('curl -LO URL'),
      }),
    );
  },
);

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
