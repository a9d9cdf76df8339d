import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readArchiveBytes } from '../../src/scaffold/archive.ts';
import { readZip } from '../../src/scaffold/zip.ts';
import { tarOf } from './_tar.ts';
import { type ZipEntry, zipOf } from './_zip.ts';

async function read(...entries: readonly ZipEntry[]) {
  const { directories, files } = await readArchiveBytes(zipOf(...entries), 't.zip', {
    isExcluded: () => false,
  });
  return {
    directories,
    files: Object.fromEntries(files.map(({ path, content }) => [path, content.toString()])),
  };
}

test('files and folders of a zip file are read, and one folder around them is dropped', async () => {
  expect(
    await read(
      { path: 'repo-main/', mode: 0o040755 },
      { path: 'repo-main/a.ts', content: 'a' },
      { path: 'repo-main/b/é.ts', content: 'b' },
    ),
  ).toEqual({ directories: ['b'], files: { 'a.ts': 'a', 'b/é.ts': 'b' } });
});

test('permissions are kept', async () => {
  const zip = zipOf({ path: 'run.sh', mode: 0o100755 }, { path: 'by-windows.txt', mode: 0 });
  const { files } = await readArchiveBytes(zip, 't.zip', { isExcluded: () => false });
  expect(files.map(({ mode }) => mode)).toEqual([0o755, 0o666]);
});

test('a link to a file of the archive becomes a copy of it', async () => {
  const { files } = await read(
    { path: 'a.ts', content: 'a' },
    { path: 'b/link.ts', content: '../a.ts', mode: 0o120777 },
  );
  expect(files['b/link.ts']).toBe('a');
});

describe('what is refused', () => {
  test.each<[string, ZipEntry, RegExp]>([
    ['a path that leaves', { path: '../evil' }, /has a member whose path leads out of it: .*\.\.\/evil/],
    ['a path that leaves later', { path: 'a/../../evil' }, /has a member whose path leads out of it/],
    ['an absolute path', { path: '/etc/evil' }, /has a member whose path leads out of it/],
    ['a path of Windows', { path: 'C:\\evil' }, /has a member whose path leads out of it/],
    [
      'a link that leads out',
      { path: 'link', content: '../../etc/passwd', mode: 0o120777 },
      /the link 'link'/,
    ],
    ['an absolute link', { path: 'link', content: '/etc/passwd', mode: 0o120777 }, /the link 'link'/],
    ['a device', { path: 'null', mode: 0o020666 }, /found something else: 'null'/],
    ['a pipe', { path: 'pipe', mode: 0o010666 }, /found something else: 'pipe'/],
    [
      'a member that is larger than it says',
      { path: 'bomb', content: 'x'.repeat(100_000), size: 10 },
      /damaged/,
    ],
    [
      'a member whose bytes are not those of its checksum',
      { path: 'a.ts', content: 'a', checksum: 1 },
      /^Expected 't\.zip' to be whole, but 'a\.ts' in it is damaged\.$/,
    ],
  ])('%s', async (_, entry, message) => {
    await expect(read({ path: 'good' }, entry)).rejects.toThrow(message);
  });

  test('a bomb', async () => {
    const bomb = zipOf(
      { path: 'a', content: Buffer.alloc(700_000) },
      { path: 'b', content: Buffer.alloc(700_000) },
    );
    await expect(readZip(bomb, 't.zip', 1024 * 1024)).rejects.toThrow("at most 1 MiB, found more in 't.zip'");
  });

  test('more members than any template has, of zip and tar', async () => {
    const entries = Array.from({ length: 10_001 }, (_, index) => ({ path: `${index}` }));
    const options = { isExcluded: () => false };
    for (const bytes of [zipOf(...entries), gzipSync(tarOf(...entries))]) {
      await expect(readArchiveBytes(bytes, 't', options)).rejects.toThrow('at most 10000 files and folders');
    }
  });

  test.each(['PK no', 'garbage', ''])('what is not a zip file, and is called one: %j', async (text) => {
    await expect(readArchiveBytes(Buffer.from(text), 't.zip', { isExcluded: () => false })).rejects.toThrow(
      /^Expected 't\.zip' to be a zip file, but it is not, or it is damaged: .*[^.]\.$/,
    );
  });
});
