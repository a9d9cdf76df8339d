import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createErrorLog, type ErrorLogOptions } from '../../../src/production/logs/error-log.ts';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { NOW } from './_record.ts';

vi.stubEnv('TZ', 'UTC');
afterAll(() => void vi.unstubAllEnvs());
const HEAD = `[2026-11-27 02:30:00 +0000] [${process.pid}]`;

let script: string;
beforeAll(async () => {
  script = await buildScript(path.join(import.meta.dirname, '_error-logger.ts'));
});

function logTo(options: Partial<ErrorLogOptions> = {}) {
  const file = path.join(temporaryFolder(), 'error.log');
  const log = createErrorLog({ target: file, level: 'info', now: () => new Date(NOW), ...options });
  onTestFinished(() => log.close());
  const written = async () => {
    await nextTurn();
    return readFileSync(file, 'utf8');
  };
  return { file, log, written };
}

test('an entry has the time, the process and the level, and those below the level are left out', async () => {
  const { log, written } = logTo({ level: 'warning' });
  log.debug('a');
  log.info('b');
  log.warning('c');
  log.error('é');
  log.critical('e');
  expect(await written()).toBe(`${HEAD} [WARNING] c\n${HEAD} [ERROR] é\n${HEAD} [CRITICAL] e\n`);
});

test('further lines are indented, so that none passes for another entry, and nothing steers a terminal', async () => {
  const { log, written } = logTo();
  log.info(`one\n${HEAD} [INFO] forged\n    at f (a.ts:1:1)\x1b[2J\n`);
  expect(await written()).toBe(
    `${HEAD} [INFO] one\n    ${HEAD} [INFO] forged\n        at f (a.ts:1:1)\\x1b[2J\n`,
  );
});

test('colours are those of the level, where they are wanted', async () => {
  const { log, written } = logTo({ isColoured: true });
  log.info('a');
  log.error('b');
  expect(await written()).toBe(`${HEAD} [INFO] a\n\x1b[31m${HEAD} [ERROR] b\x1b[0m\n`);
});

test('what a site writes is written as it is', async () => {
  const { log, written } = logTo();
  log.write('\x1b[32mé\x1b[0m ');
  log.write('and more\n');
  expect(await written()).toBe('\x1b[32mé\x1b[0m and more\n');
});

test('what workers print is written in whole lines, also in a file that was opened anew', async () => {
  const { file, log, written } = logTo();
  const [first, second] = [log.forward(), log.forward()];
  const print = (worker: typeof first, text: string) => worker.write(Buffer.from(text), () => {});
  print(first, 'first: on');
  print(second, 'second: one\nsecond: t');
  renameSync(file, `${file}.1`);
  expect(log.reopen()).toBe(true);
  print(first, 'e\n');
  log.info('between');
  second.sourceEnded();
  expect(await written()).toBe(`first: one\n${HEAD} [INFO] between\nsecond: t\n`);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('second: one\n');
});

test('a file that cannot be opened anew is noted in the one that is open', async () => {
  const { file, log } = logTo({ isColoured: false });
  renameSync(file, `${file}.1`);
  mkdirSync(file);
  expect(log.reopen()).toBe(false);
  await nextTurn();
  expect(readFileSync(`${file}.1`, 'utf8')).toBe(
    `${HEAD} [ERROR] The log file '${file}' cannot be opened: it is a folder. The error log continues in the file that is open.\n`,
  );
});

test('without a file it goes to stderr, at the end of the process as well', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [script, '-'], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^\[[\d-]+ [\d:]+ \+0000\] \[\d+\] \[INFO\] the last words\n$/);
});

test('a log whose reader has gone is given up, without a word and without an end of the process', async () => {
  const child = spawn(process.execPath, [script, '-', 'goes on'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stderr!.destroy();
  child.send('log');
  expect(await once(child, 'message')).toEqual(['logged', undefined]);
  child.send('log');
  expect(await once(child, 'message')).toEqual(['logged', undefined]);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a full disk is reported on stderr', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '/dev/full'], { encoding: 'utf8' });
  expect(stderr).toMatch(
    /\] \[ERROR\] The error log cannot be written to '\/dev\/full': ENOSPC: no space left on device, write\n.*could not be written to '\/dev\/full' to the end: 2 lines were lost\.\n$/,
  );
  expect(status).toBe(0);
});
