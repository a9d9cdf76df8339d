import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkConflicts, writeSite } from '../../src/scaffold/write.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { treeOf } from './_tree.ts';

const PLAN = {
  directories: ['mysite'],
  files: [
    { path: 'README.md', mode: 0o644, content: 'new' },
    { path: 'mysite/run.sh', mode: 0o555, content: Buffer.from('go') },
  ],
};
const SITE = ['README.md', 'mysite', 'mysite/run.sh'];
const never = new AbortController().signal;

test('a new folder is written with its parents', async () => {
  const folder = temporaryFolder();
  await writeSite(PLAN, { path: `${folder}/a/b`, firstMissing: `${folder}/a` }, never);
  expect(treeOf(`${folder}/a/b`)).toEqual(SITE);
  expect(treeOf(folder)).toHaveLength(5);
});

test('exec bits are kept, and the owner can write', async () => {
  const folder = temporaryFolder();
  await writeSite(PLAN, { path: `${folder}/a`, firstMissing: `${folder}/a` }, never);
  const expected = 0o755 & ~process.umask();
  expect(statSync(`${folder}/a/mysite/run.sh`).mode & 0o777).toBe(expected);
});

test('an existing folder keeps what it had', async () => {
  const folder = temporaryFolder({ 'mysite/mine.txt': 'mine' });
  await writeSite(PLAN, { path: folder, firstMissing: undefined }, never);
  expect(treeOf(folder)).toEqual(['README.md', 'mysite', 'mysite/mine.txt', 'mysite/run.sh']);
});

test('a file that turns up too late is not replaced, and the rest is undone', async () => {
  const folder = temporaryFolder({ 'z.txt': 'mine' });
  const plan = { ...PLAN, files: [...PLAN.files, { path: 'z.txt', mode: 0o644, content: 'new' }] };
  await expect(writeSite(plan, { path: folder, firstMissing: undefined }, never)).rejects.toThrow(/EEXIST/);
  expect(treeOf(folder)).toEqual(['z.txt']);
  expect(readFileSync(`${folder}/z.txt`, 'utf8')).toBe('mine');
});

test('a folder that turns up too late is not replaced', async () => {
  const folder = temporaryFolder({ 'a/mine.txt': 'mine' });
  await expect(
    writeSite(PLAN, { path: `${folder}/a`, firstMissing: `${folder}/a` }, never),
  ).rejects.toThrow();
  expect(treeOf(folder)).toEqual(['a', 'a/mine.txt']);
});

test('an abort leaves nothing', async () => {
  const folder = temporaryFolder();
  const destination = { path: `${folder}/a/b`, firstMissing: `${folder}/a` };
  await expect(writeSite(PLAN, destination, AbortSignal.abort('SIGINT'))).rejects.toBe('SIGINT');
  expect(treeOf(folder)).toEqual([]);
});

test('an error on the way leaves nothing', async () => {
  const folder = temporaryFolder();
  const plan = { ...PLAN, files: [...PLAN.files, { path: 'no/such/folder', mode: 0o644, content: '' }] };
  await expect(writeSite(plan, { path: `${folder}/a`, firstMissing: `${folder}/a` }, never)).rejects.toThrow(
    /ENOENT/,
  );
  expect(treeOf(folder)).toEqual([]);
});

test('a link to a folder is a conflict: what is written there would be elsewhere', async () => {
  const folder = temporaryFolder({ 'real/file': '' });
  symlinkSync('real', `${folder}/mysite`);
  const destination = { path: folder, firstMissing: undefined };
  expect(() => checkConflicts(PLAN, destination)).toThrow(`in '${folder}', found mysite (a link).`);
  await expect(writeSite(PLAN, destination, never)).rejects.toThrow(/EEXIST/);
  expect(readdirSync(`${folder}/real`)).toEqual(['file']);
});

test('all conflicts are listed', () => {
  const folder = temporaryFolder({ 'README.md': '', 'mysite/run.sh': '' });
  expect(() => checkConflicts(PLAN, { path: folder, firstMissing: undefined })).toThrow(
    `Expected none of the site's files in '${folder}', found README.md, mysite/run.sh.`,
  );
});

test('a file where a folder has to be is a conflict', () => {
  const folder = temporaryFolder({ mysite: '' });
  expect(() => checkConflicts(PLAN, { path: folder, firstMissing: undefined })).toThrow(/found mysite\./);
});

test('a dangling link is a conflict', () => {
  const folder = temporaryFolder();
  symlinkSync('nowhere', `${folder}/README.md`);
  expect(() => checkConflicts(PLAN, { path: folder, firstMissing: undefined })).toThrow(
    /found README\.md \(a link\)\./,
  );
});

test('folders that are there are no conflict', () => {
  const folder = temporaryFolder({ 'mysite/other.txt': '' });
  checkConflicts(PLAN, { path: folder, firstMissing: undefined });
});
