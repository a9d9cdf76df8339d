import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LogWriter } from '../../../src/production/logs/log-writer.ts';
import { WholeLines } from '../../../src/production/logs/whole-lines.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

function linesTo() {
  const file = path.join(temporaryFolder(), 'log');
  const writer = new LogWriter({ target: file, name: 'log', onTrouble() {} });
  onTestFinished(() => writer.close());
  const lines = new WholeLines(writer);
  const print = (text: string) => lines.write(Buffer.from(text, 'latin1'), () => {});
  return { lines, print, written: () => readFileSync(file, 'latin1') };
}

test('the beginning of a line waits for its end', () => {
  const { print, written } = linesTo();
  expect(print('one\ntw')).toBe(true);
  expect(written()).toBe('one\n');
  print('o');
  print('\n');
  expect(written()).toBe('one\ntwo\n');
});

test('but not for long: it may be a question', () => {
  const { print, written } = linesTo();
  print('Continue? ');
  vi.advanceTimersByTime(100);
  print('Yes.\n');
  expect(written()).toBe('Continue? Yes.\n');
});

test('the end of a process ends its line', () => {
  const { lines, print, written } = linesTo();
  print('a crash');
  lines.sourceEnded();
  lines.sourceEnded();
  expect(written()).toBe('a crash\n');
});

test('a line without an end is passed on in parts', () => {
  const { print, written } = linesTo();
  for (let i = 0; i < 5; i++) print('x'.repeat(30_000));
  expect(written()).toBe('x'.repeat(90_000));
});

test('bytes stay as they are', () => {
  const { print, written } = linesTo();
  print('caf\xc3\xa9 \xff\x00\n');
  expect(written()).toBe('caf\xc3\xa9 \xff\x00\n');
});
