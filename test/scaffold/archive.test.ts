import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readArchive } from '../../src/scaffold/archive.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { type TarEntry, tarOf } from './_tar.ts';

const LONG = `${'long'.repeat(20)}/${'name'.repeat(30)}/é.txt`;

function read(file: string, isExcluded = (_directory: string) => false) {
  const { directories, files } = readArchive(file, { isExcluded });
  return {
    directories,
    files: Object.fromEntries(files.map(({ path, content }) => [path, content.toString()])),
  };
}

function writeEmpty(file: string): string {
  writeFileSync(file, '');
  return file;
}

function archive(entries: readonly TarEntry[], name = 'template.tar'): string {
  const file = `${temporaryFolder()}/${name}`;
  writeFileSync(file, tarOf(...entries));
  return file;
}

test.each(['pax', 'gnu', 'ustar'])('what tar writes in the %s format is read', (format) => {
  const long = format === 'ustar' ? `${'long'.repeat(20)}/${'name'.repeat(10)}/e.txt` : LONG;
  const folder = temporaryFolder({ 'in/a/b.txt': 'text', [`in/${long}`]: 'long', 'in/c.sh': 'go' });
  chmodSync(`${folder}/in/c.sh`, 0o755);
  execFileSync('tar', [`--format=${format}`, '-czf', 't.tgz', '-C', 'in', '.'], { cwd: folder });
  expect(read(`${folder}/t.tgz`).files).toEqual({ 'a/b.txt': 'text', [long]: 'long', 'c.sh': 'go' });
  const { files } = readArchive(`${folder}/t.tgz`, { isExcluded: () => false });
  expect(files.find(({ path }) => path === 'c.sh')?.mode).toBe(0o755);
});

test('one folder around everything is dropped', () => {
  const entries = [
    { path: 'repo-1.0/', type: '5' },
    { path: 'repo-1.0/a.txt' },
    { path: 'repo-1.0/b/c.txt' },
  ];
  expect(Object.keys(read(archive(entries)).files)).toEqual(['a.txt', 'b/c.txt']);
});

test('folders beside a file are kept', () => {
  expect(Object.keys(read(archive([{ path: 'b/c.txt' }, { path: 'a.txt' }])).files)).toEqual([
    'b/c.txt',
    'a.txt',
  ]);
});

test('folders come with every parent, also when the archive names none', () => {
  expect(read(archive([{ path: 'a/b/c.txt' }, { path: 'x' }])).directories).toEqual(['a', 'a/b']);
});

test('excluded folders are left out', () => {
  const file = archive([{ path: 'a/.git/config' }, { path: 'b' }, { path: '.git', type: '5' }]);
  expect(read(file, (directory) => directory === '.git')).toEqual({ directories: [], files: { b: '' } });
});

test.each(['../evil', 'a/../../evil', '/etc/evil', 'C:\\evil', '..\\evil'])(
  'the path %s is refused',
  (path) => {
    const file = archive([{ path: 'good' }, { path }]);
    expect(() => read(file)).toThrow(`'${file}' has a member whose path leads out of it: '${path}'.`);
  },
);

test('a path that leaves by its pax name is refused', () => {
  const record = ' path=../evil\n';
  const content = `${record.length + 2}${record}`;
  const file = archive([{ path: 'pax', type: 'x', content }, { path: 'good' }]);
  expect(() => read(file)).toThrow(/has a member whose path leads out of it: '\.\.\/evil'/);
});

test('a link to a file of the archive becomes a copy of it', () => {
  const folder = temporaryFolder({ 'in/a/b.txt': 'text' });
  symlinkSync('../a/b.txt', `${folder}/in/a/link`);
  symlinkSync('a/link', `${folder}/in/chain`);
  linkSync(`${folder}/in/a/b.txt`, `${folder}/in/hard`);
  execFileSync('tar', ['-czf', 't.tgz', 'in'], { cwd: folder });
  expect(read(`${folder}/t.tgz`).files).toEqual({
    'a/b.txt': 'text',
    'a/link': 'text',
    chain: 'text',
    hard: 'text',
  });
});

test('a link with a long target is followed', () => {
  const long = `${'long'.repeat(30)}.txt`;
  const folder = temporaryFolder({ [`in/${long}`]: 'text' });
  symlinkSync(long, `${folder}/in/link`);
  for (const format of ['pax', 'gnu']) {
    execFileSync('tar', [`--format=${format}`, '-cf', 't.tar', '-C', 'in', '.'], { cwd: folder });
    expect(read(`${folder}/t.tar`).files).toEqual({ [long]: 'text', link: 'text' });
  }
});

test.each([
  ['outside', '../../etc/passwd'],
  ['to an absolute path', '/etc/passwd'],
  ['to an absolute path that the archive has below its root', '/file'],
  ['nowhere', 'gone'],
  ['to itself', 'link'],
  ['to a folder', 'folder'],
])('a link %s is refused', (_, target) => {
  const file = archive([
    { path: 'folder/', type: '5' },
    { path: 'file', content: 'text' },
    { path: 'link', type: '2', link: target },
  ]);
  expect(() => read(file)).toThrow(`Expected the link 'link' in '${file}' to lead to a file of the template`);
});

test.each(['t.zip', 't.tar.bz2', 't.txt'])('%s has to be unpacked first', (name) => {
  expect(() => read(archive([], name))).toThrow(
    expect.objectContaining({ hint: 'Unpack it first, and pass the folder.' }),
  );
});

test('a truncated archive is refused', () => {
  const whole = tarOf({ path: 'a', content: 'x'.repeat(5000) });
  const folder = temporaryFolder();
  writeFileSync(`${folder}/t.tar`, whole.subarray(0, 2000));
  writeFileSync(`${folder}/t.tgz`, gzipSync(whole).subarray(0, 40));
  expect(() => read(`${folder}/t.tar`)).toThrow(/it is not, or it is damaged/);
  expect(() => read(`${folder}/t.tgz`)).toThrow(/it is not, or it is damaged/);
});

test.each([
  ['cut between two members', tarOf({ path: 'a' }, { path: 'b' }).subarray(0, 512)],
  ['of zeros', Buffer.alloc(10_240)],
  ['empty', Buffer.alloc(0)],
])('an archive that is %s is refused', (_, bytes) => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/t.tar`, bytes);
  expect(() => read(`${folder}/t.tar`)).toThrow(/it is not, or it is damaged/);
});

test('an archive that unpacks to more than any template is refused before it fills the memory', () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/t.tgz`, gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 }));
  truncateSync(writeEmpty(`${folder}/t.tar`), 257 * 1024 * 1024);
  for (const name of ['t.tgz', 't.tar']) {
    expect(() => read(`${folder}/${name}`)).toThrow(`at most 256 MiB, found more in '${folder}/${name}'.`);
  }
});

test('a file that only has the name of an archive is refused', () => {
  const folder = temporaryFolder({ 't.tar': 'hello '.repeat(200), 'short.tar': 'hello' });
  expect(() => read(`${folder}/t.tar`)).toThrow(/to be a tar archive/);
  expect(() => read(`${folder}/short.tar`)).toThrow(/to be a tar archive/);
});
