import { EventEmitter, once } from 'node:events';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchTouchFiles } from '../../../src/production/host/touch-files.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const INTERVAL_MS = 5;

function watch(...files: string[]) {
  const touches = new EventEmitter();
  const all: string[] = [];
  const onTouched = (file: string) => {
    all.push(path.basename(file));
    touches.emit('touch');
  };
  const end = watchTouchFiles(files, onTouched, INTERVAL_MS);
  onTestFinished(end);
  return { all, end, next: () => once(touches, 'touch') };
}

test('a file that is touched is reported, once each time', async () => {
  const folder = temporaryFolder({ a: '', b: '' });
  const [a, b] = [path.join(folder, 'a'), path.join(folder, 'b')];
  const { all, next } = watch(a, b);
  const touches = [
    [a, 1_000],
    [b, 2_000],
    [a, 500],
  ] as const;
  for (const [file, seconds] of touches) {
    const touched = next();
    utimesSync(file, seconds, seconds);
    await touched;
  }
  expect(all).toEqual(['a', 'b', 'a']);
});

test('a file that is not there is waited for, as is one that goes away, and its folder', async () => {
  const file = path.join(temporaryFolder(), 'tmp', 'restart.txt');
  const { all, next } = watch(file);
  const make = () => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, '');
  };
  const appeared = next();
  make();
  await appeared;
  const again = next();
  rmSync(path.dirname(file), { recursive: true });
  make();
  utimesSync(file, 1_000, 1_000); // its time tells, where it comes back between two polls
  await again;
  expect(all[0]).toBe('restart.txt');
});

test('nothing is reported after the end', async () => {
  const file = path.join(temporaryFolder({ a: '' }), 'a');
  const ended = watch(file);
  const other = watch(file);
  ended.end();
  const touched = other.next();
  utimesSync(file, 1_000, 1_000);
  await touched;
  expect(ended.all).toEqual([]);
});
