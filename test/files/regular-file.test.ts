import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRegularFile, readTextIfThere } from '../../src/files/regular-file.ts';
import { lstatIfThere, statIfThere } from '../../src/files/stat-if-there.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const root = () => temporaryFolder({ 'a.txt': 'text é' });

/** What may be in a file's place, by the code of the error. */
const OTHERS: readonly [name: string, code: string, make: (folder: string) => string | Promise<string>][] = [
  ['nothing', 'ENOENT', (folder) => path.join(folder, 'missing')],
  ['a folder', 'EISDIR', (folder) => folder],
  ['a file where a folder should be', 'ENOTDIR', (folder) => path.join(folder, 'a.txt/b')],
  ['a name that is too long', 'ENAMETOOLONG', (folder) => path.join(folder, 'x'.repeat(300))],
  [
    'a link to itself',
    'ELOOP',
    (folder) => {
      symlinkSync('loop', path.join(folder, 'loop'));
      return path.join(folder, 'loop');
    },
  ],
  [
    'a pipe that nobody writes into',
    'EISDIR',
    (folder) => {
      execFileSync('mkfifo', [path.join(folder, 'pipe')]);
      return path.join(folder, 'pipe');
    },
  ],
  [
    'a link to such a pipe',
    'EISDIR',
    (folder) => {
      execFileSync('mkfifo', [path.join(folder, 'pipe')]);
      symlinkSync('pipe', path.join(folder, 'link'));
      return path.join(folder, 'link');
    },
  ],
  ['a device without an end', 'EISDIR', () => '/dev/zero'],
  [
    'a socket',
    'ENXIO',
    async (folder) => {
      const server = net.createServer().listen(path.join(folder, 'socket'));
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      return path.join(folder, 'socket');
    },
  ],
];

describe.skipIf(process.platform === 'win32')('a regular file', () => {
  test('is read, also by a link', () => {
    const folder = root();
    symlinkSync('a.txt', path.join(folder, 'link'));
    expect(readRegularFile(path.join(folder, 'link'))).toBe('text é');
    expect(readTextIfThere(path.join(folder, 'a.txt'))).toBe('text é');
  });

  test.each(OTHERS)('is not %s: %s', async (_name, code, make) => {
    const file = await make(root());
    expect(() => readRegularFile(file)).toThrow(expect.objectContaining({ code }));
    expect(readTextIfThere(file)).toBeUndefined();
  });

  test('that is larger than a text is not read as one', () => {
    const file = path.join(root(), 'large');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    expect(readTextIfThere(file)).toBeUndefined();
  });

  test('leaves no descriptor open', () => {
    const folder = root();
    const file = path.join(folder, 'a.txt');
    for (let round = 0; round < 3_000; round += 1) {
      readTextIfThere(file);
      readTextIfThere(folder);
    }
    expect(Number(execFileSync('sh', ['-c', `ls /proc/${process.pid}/fd | wc -l`]))).toBeLessThan(1_000);
  });
});

describe('looking at a path', () => {
  test.each(OTHERS)('fails for nobody: %s', async (_name, _code, make) => {
    const file = await make(root());
    expect([statIfThere(file)?.isFile() ?? false, lstatIfThere(file)?.isFile() ?? false]).toEqual([
      false,
      false,
    ]);
  });

  test('finds what is there', () => {
    const folder = root();
    mkdirSync(path.join(folder, 'b'));
    expect(statIfThere(path.join(folder, 'b'))?.isDirectory()).toBe(true);
  });
});
