import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LogWriter } from '../../../src/production/logs/log-writer.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

function writerTo(target: string) {
  const notices: string[] = [];
  const writer = new LogWriter({ target, name: 'access log', onTrouble: (text) => void notices.push(text) });
  onTestFinished(() => writer.close());
  return { writer, notices };
}

const logFile = () => path.join(temporaryFolder(), 'access.log');

afterEach(() => void vi.useRealTimers());

test('lines are appended to the file at the end of the turn', async () => {
  const file = path.join(temporaryFolder({ 'access.log': 'before\n' }), 'access.log');
  const { writer } = writerTo(file);
  writer.write('one\n');
  writer.write('two\n');
  expect(readFileSync(file, 'utf8')).toBe('before\n');
  await nextTurn();
  expect(readFileSync(file, 'utf8')).toBe('before\none\ntwo\n');
});

test('bytes are written as they are', async () => {
  const file = logFile();
  const { writer } = writerTo(file);
  writer.write(`${Buffer.from('é').toString('latin1')}\n`);
  await nextTurn();
  expect(readFileSync(file, 'utf8')).toBe('é\n');
});

describe('reopening', () => {
  test('goes on in a new file when the old one was renamed', async () => {
    const file = logFile();
    const { writer } = writerTo(file);
    writer.write('old\n');
    await nextTurn();
    renameSync(file, `${file}.1`);
    writer.write('still old\n');
    expect(writer.reopen()).toBe(true);
    writer.write('new\n');
    await nextTurn();
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('old\nstill old\n');
    expect(readFileSync(file, 'utf8')).toBe('new\n');
  });

  test('goes on in the old file when no new one can be had, and says why', async () => {
    const file = logFile();
    const { writer, notices } = writerTo(file);
    renameSync(file, `${file}.1`);
    mkdirSync(file);
    expect(writer.reopen()).toBe(false);
    writer.write('one\n');
    await nextTurn();
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('one\n');
    expect(notices).toEqual([
      `The log file '${file}' cannot be opened: it is a folder. The access log continues in the file that is open.`,
    ]);
  });
});

test.each([
  ['a folder that does not exist', 'missing/access.log', 'its folder does not exist.'],
  ['a folder', '.', 'it is a folder.'],
  ['a file in the place of a folder', 'file/access.log', 'a part of its path is not a folder.'],
  ['a pipe that nothing reads', 'fifo', 'it is a pipe that nothing reads, or a socket.'],
])('%s is refused', (_what, name, reason) => {
  const folder = temporaryFolder({ file: '' });
  execFileSync('mkfifo', [path.join(folder, 'fifo')]);
  const file = path.join(folder, name);
  expect(() => writerTo(file)).toThrow(
    expect.objectContaining({
      message: `The log file '${file}' cannot be opened: ${reason}`,
      hint:
        name === '.'
          ? `Name a file in it: '${folder}/site.log'.`
          : expect.stringMatching(/^Make its folder, or/),
    }),
  );
});

test.skipIf(process.getuid?.() === 0)('a folder without permission is refused', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o500);
  expect(() => writerTo(path.join(folder, 'access.log'))).toThrow('this user may not write there.');
});

test('a full disk ends nothing: one notice, and the lines are tried again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { writer, notices } = writerTo('/dev/full');
  writer.write('one\n');
  await nextTurn();
  writer.write('two\n');
  await nextTurn();
  vi.advanceTimersByTime(5_000);
  const trouble = "The access log cannot be written to '/dev/full': ENOSPC: no space left on device, write";
  expect(notices).toEqual([trouble]);
  writer.close(); // as at the end of its process
  const loss = "The access log could not be written to '/dev/full' to the end: 2 lines were lost.";
  expect(notices).toEqual([trouble, loss]);
});

test('what does not fit into the memory that is kept for it is counted, and the count is written when lines are written again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { reader, file } = fifo();
  const { writer, notices } = writerTo(file);
  const line = `${'x'.repeat(99)}\n`;
  for (let i = 0; i < 20_000; i++) writer.write(line); // 2 MB
  await nextTurn();
  let read = 0;
  const block = Buffer.alloc(65_536);
  for (let i = 0; i < 100 && notices.length === 0; i++) {
    read += readAll(reader, block);
    vi.advanceTimersByTime(10);
  }
  read += readAll(reader, block);
  const lost = 20_000 - read / line.length;
  expect(lost).toBeGreaterThan(9_000);
  expect(notices).toEqual([`The access log can be written to '${file}' again. ${lost} lines were lost.`]);
});

test('a pipe without a reader ends nothing, and is written to when it has one again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { reader, file } = fifo();
  const { writer, notices } = writerTo(file);
  closeSync(reader);
  writer.write('one\n');
  await nextTurn();
  expect(notices).toEqual([`The access log cannot be written to '${file}': EPIPE: broken pipe, write`]);
  const again = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  vi.advanceTimersByTime(1_000);
  const block = Buffer.alloc(100);
  expect(block.toString('latin1', 0, readSync(again, block))).toBe('one\n');
  expect(notices[1]).toBe(`The access log can be written to '${file}' again. No line was lost.`);
  closeSync(again);
});

describe('what is forwarded', () => {
  test('waits while the reader of a pipe does not read', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { reader, file } = fifo();
    const { writer } = writerTo(file);
    const onWritten = vi.fn();
    const block = `${'x'.repeat(4_095)}\n`.repeat(8);
    let count = 1;
    while (writer.forward(block, onWritten)) count += 1;
    expect(onWritten).not.toHaveBeenCalled();
    const read = readAll(reader, Buffer.alloc(65_536));
    vi.advanceTimersByTime(10);
    expect(onWritten).toHaveBeenCalledOnce();
    expect(read + readAll(reader, Buffer.alloc(65_536))).toBe(count * block.length);
  });

  test('does not wait for a disk that is full', () => {
    const { writer } = writerTo('/dev/full');
    expect(writer.forward('one\n', () => {})).toBe(true);
    expect(writer.forward('two\n', () => {})).toBe(true);
  });
});

/** A pipe in the file system, with a reader that never waits. */
function fifo() {
  const file = path.join(temporaryFolder(), 'fifo');
  execFileSync('mkfifo', [file]);
  return { file, reader: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK) };
}

/** Reads what a pipe has now. @returns how much that was */
function readAll(fd: number, block: Buffer): number {
  for (let total = 0; ; ) {
    try {
      const count = readSync(fd, block);
      if (count === 0) return total;
      total += count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      return total;
    }
  }
}
