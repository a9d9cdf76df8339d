import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Freshness } from '../../../src/dev/changes/freshness.ts';
import { contentHash } from '../../../src/loader/sources/content-hash.ts';
import { FRESH, loaded, PAST_SETTLING_MS, stale, useClock } from './_loaded.ts';

describe('the content of a file decides whether', () => {
  test('an unknown file is fresh', () => {
    expect(new Freshness().check()).toEqual(FRESH);
  });

  test('files without an event are fresh', () => {
    expect(loaded({ 'a.ts': '1' }).freshness.check()).toEqual(FRESH);
  });

  test('a file with an event and a change is stale', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('a file that was written with the same content is fresh', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '1');
    freshness.touch(file);
    expect(freshness.check()).toEqual(FRESH);
  });

  test('a file that was changed and changed back is fresh', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    freshness.touch(file);
    writeFileSync(file, '1');
    expect(freshness.check()).toEqual(FRESH);
  });

  test('a file that was changed twice within one tick of the clock is stale', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    const time = new Date(Date.now() - 60_000);
    writeFileSync(file, '2');
    utimesSync(file, time, time);
    freshness.add([[file, contentHash('2')]], Date.now());
    writeFileSync(file, '3');
    utimesSync(file, time, time);
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('an older version of a file with its old time is stale', () => {
    const { freshness, file } = loaded({ 'a.ts': 'new' });
    const lastYear = new Date(Date.now() - 365 * 86_400_000);
    writeFileSync(`${file}.orig`, 'old');
    utimesSync(`${file}.orig`, lastYear, lastYear);
    renameSync(`${file}.orig`, file);
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('a deleted file is stale', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    rmSync(file);
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('a file that was deleted and created again with the same content is fresh', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    rmSync(file);
    freshness.touch(file);
    writeFileSync(file, '1');
    freshness.touch(file);
    expect(freshness.check()).toEqual(FRESH);
  });

  test('a missing file that a load searched for is stale when it is created', () => {
    const { freshness, file } = loaded({ 'a.ts': null });
    writeFileSync(file, '1');
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('all changed files are reported, and no others', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1', 'c.ts': '1' });
    for (const file of [files[0]!, files[2]!]) writeFileSync(file, '2');
    for (const file of files) freshness.touch(file);
    expect(freshness.check()).toEqual(stale(files[0]!, files[2]!));
  });

  test('a file stays stale until it is loaded again', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    freshness.touch(file);
    freshness.check();
    expect(freshness.check()).toEqual(stale(file));
  });
});

describe('a failed load', () => {
  test('may have read a file that was being written, so it waits for the rest', () => {
    useClock();
    const { freshness, file } = loaded({ 'a.ts': '' });
    freshness.touch(file);
    freshness.failed();
    expect(freshness.check()).toEqual(stale());
    writeFileSync(file, '1');
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('is reported when no further change follows', () => {
    const { freshness, file } = loaded({ 'a.ts': '' });
    const clock = useClock();
    freshness.touch(file);
    freshness.failed();
    clock.advance(PAST_SETTLING_MS);
    expect(freshness.check()).toEqual(FRESH);
  });

  test('may have read the first part of a file, so it waits for the rest', () => {
    useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.touch(file);
    freshness.failed();
    expect(freshness.check()).toEqual(stale());
    writeFileSync(file, '1 + 1');
    expect(freshness.check()).toEqual(stale(file));
  });

  test('is out of date by a change whose event has not arrived yet', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.begin();
    writeFileSync(file, '2');
    expect(freshness.check()).toEqual(FRESH);
    freshness.failed();
    expect(freshness.check()).toEqual(stale(file));
  });
});

describe('an event', () => {
  test('for a loaded file concerns that file', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    expect(freshness.touch(file)).toEqual([file]);
  });

  test('for another file concerns no file', () => {
    const { freshness, root } = loaded({ 'a.ts': '1' });
    expect(freshness.touch(path.join(root, 'b.ts'))).toEqual([]);
  });

  test('for a folder concerns all files below it', () => {
    const { freshness, root, files } = loaded({ 'in/a.ts': '1', 'in/deep/b.ts': '1', 'inside.ts': '1' });
    expect(freshness.touch(path.join(root, 'in'))).toEqual(files.slice(0, 2));
  });

  test('for a folder that was moved away makes its files stale', () => {
    const { freshness, root, files } = loaded({ 'in/a.ts': '1', 'in/b.ts': '1' });
    renameSync(path.join(root, 'in'), path.join(root, 'away'));
    freshness.touch(path.join(root, 'in'));
    expect(freshness.check()).toEqual(stale(...files));
  });
});

describe('an emptied file', () => {
  test('counts as being written for a short time', () => {
    useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '');
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale());
  });

  test('is stale when it has new content', () => {
    useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '');
    freshness.touch(file);
    freshness.check();
    writeFileSync(file, '2');
    expect(freshness.check()).toEqual(stale(file));
  });

  test('is fresh when its old content is back', () => {
    useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '');
    freshness.touch(file);
    freshness.check();
    writeFileSync(file, '1');
    expect(freshness.check()).toEqual(FRESH);
  });

  test('is stale when it stays empty', () => {
    const clock = useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '');
    freshness.touch(file);
    clock.advance(PAST_SETTLING_MS);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('is stale when it stays empty, however many events it has', () => {
    const clock = useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '');
    freshness.touch(file);
    clock.advance(PAST_SETTLING_MS);
    freshness.touch(file);
    expect(freshness.check()).toEqual(stale(file));
  });

  test('does not delay the other changed files', () => {
    useClock();
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' });
    writeFileSync(files[0]!, '');
    writeFileSync(files[1]!, '2');
    for (const file of files) freshness.touch(file);
    expect(freshness.check()).toEqual(stale(files[1]!));
  });

  test('that was empty when it was loaded is fresh', () => {
    const { freshness, file } = loaded({ 'a.ts': '' });
    writeFileSync(file, '');
    freshness.touch(file);
    expect(freshness.check()).toEqual(FRESH);
  });
});

test.each([
  ['by its event, if a watcher covers the file', true],
  ['by its own time, if the event may arrive much later', false],
])('the time of a change is known %s', (_how, isWatched) => {
  const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched });
  writeFileSync(file, '2');
  const { ctimeMs } = statSync(file);
  useClock().advance(60_000);
  freshness.touch(file);
  const late = freshness.changedAt(file) - ctimeMs;
  if (isWatched) expect(late).toBeGreaterThan(50_000);
  else expect(late).toBeLessThan(1_000);
});

test('the time of a change is not later than the end of the load in which it was seen', () => {
  const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
  const clock = useClock();
  writeFileSync(file, '2');
  vi.setSystemTime(statSync(file).ctimeMs + 1); // a load that ends within a tick of the kernel's clock
  freshness.ended();
  const endedAt = Date.now();
  clock.advance(60_000);
  freshness.look();
  expect(freshness.changedAt(file)).toBe(endedAt);
});
