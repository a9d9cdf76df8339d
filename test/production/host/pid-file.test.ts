import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PidFile } from '../../../src/production/host/pid-file.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const WAITS = 'process.send(1); setInterval(() => {}, 1e6)';

function pidFileIn(folder: string, pid?: number): PidFile {
  const pidFile = new PidFile(path.join(folder, 'site.pid'), pid);
  onTestFinished(() => pidFile.remove());
  return pidFile;
}

/** A process by a name, that waits to be ended. */
async function running(name: string): Promise<ChildProcess> {
  const script = path.join(temporaryFolder({ [name]: WAITS }), name);
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

test('it has the number of the process and a line feed, may be read by everybody, and is alone', () => {
  const folder = temporaryFolder();
  pidFileIn(folder);
  const file = path.join(folder, 'site.pid');
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(['site.pid']);
});

test('it is removed with its server', () => {
  const folder = temporaryFolder();
  const pidFile = pidFileIn(folder);
  pidFile.remove();
  pidFile.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test('it stays when another server has written its number there', () => {
  const folder = temporaryFolder();
  const pidFile = pidFileIn(folder);
  writeFileSync(path.join(folder, 'site.pid'), '1\n');
  pidFile.remove();
  expect(readFileSync(path.join(folder, 'site.pid'), 'utf8')).toBe('1\n');
});

describe('a file that is there already', () => {
  test('is refused when it is not a pid file, and left as it is', () => {
    const folder = temporaryFolder({ 'site.pid': 'export const DEBUG = false;' });
    expect(() => pidFileIn(folder)).toThrow(/ exists, and does not contain a process id\.$/);
    expect(readFileSync(path.join(folder, 'site.pid'), 'utf8')).toBe('export const DEBUG = false;');
  });

  test('is refused when it names a server that runs', async () => {
    const folder = temporaryFolder();
    const server = await running('runwsgi.js');
    const file = path.join(folder, 'site.pid');
    writeFileSync(file, `${server.pid}\n`);
    expect(() => new PidFile(file)).toThrow(
      expect.objectContaining({
        message: `The pid file '${file}' belongs to a running server, process ${server.pid}.`,
        hint: `Stop it (kill ${server.pid}), or name another file by --pid.`,
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe(`${server.pid}\n`);
  });

  test.skipIf(process.platform !== 'linux')(
    'is replaced when its number is that of another program now',
    async () => {
      const folder = temporaryFolder();
      const program = await running('other.js');
      writeFileSync(path.join(folder, 'site.pid'), `${program.pid}\n`);
      pidFileIn(folder);
      expect(readFileSync(path.join(folder, 'site.pid'), 'utf8')).toBe(`${process.pid}\n`);
    },
  );

  test('is replaced when its process has ended', async () => {
    const folder = temporaryFolder();
    const server = await running('runwsgi.js');
    server.kill('SIGKILL');
    await once(server, 'exit');
    writeFileSync(path.join(folder, 'site.pid'), `${server.pid}\n`);
    pidFileIn(folder);
    expect(readFileSync(path.join(folder, 'site.pid'), 'utf8')).toBe(`${process.pid}\n`);
  });

  test.each(['', '-1\n', '0\n', '99999999999\n', `${process.pid}\n`])(
    'is replaced when it has %j',
    (text) => {
      const folder = temporaryFolder({ 'site.pid': text });
      pidFileIn(folder);
      expect(readFileSync(path.join(folder, 'site.pid'), 'utf8')).toBe(`${process.pid}\n`);
    },
  );
});

test('a new server has a file beside the old one, and then takes its place', () => {
  const folder = temporaryFolder();
  const [file, beside] = [path.join(folder, 'site.pid'), path.join(folder, 'site.pid.2')];
  const [old, next] = [new PidFile(file, 4_194_001), new PidFile(beside, 4_194_002)];
  next.moveTo(file);
  old.remove();
  expect(readFileSync(file, 'utf8')).toBe('4194002\n');
  expect(existsSync(beside)).toBe(false);
  next.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is not there is refused', () => {
  const file = path.join(temporaryFolder(), 'missing', 'site.pid');
  expect(() => new PidFile(file)).toThrow(
    `The pid file '${file}' cannot be written: its folder does not exist.`,
  );
});

test.skipIf(process.getuid?.() === 0)(
  'a folder without permission is refused, and nothing is left there',
  () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(() => pidFileIn(folder)).toThrow('this user may not write there.');
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a link that others have put beside it is not followed', () => {
  const folder = temporaryFolder({ precious: 'text' });
  symlinkSync('precious', path.join(folder, `site.pid.${process.pid}.tmp`));
  pidFileIn(folder);
  expect(readFileSync(path.join(folder, 'precious'), 'utf8')).toBe('text');
  expect(readdirSync(folder).sort()).toEqual(['precious', 'site.pid']);
});
