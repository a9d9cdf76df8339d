import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Freshness, Verdict } from '../../../src/dev/changes/freshness.ts';
import { contentHash } from '../../../src/loader/sources/content-hash.ts';
import { FRESH, loaded, PAST_SETTLING_MS, stale, useClock } from './_loaded.ts';

function looked(freshness: Freshness): Verdict {
  freshness.look();
  return freshness.check();
}

describe('a file that no watcher covers', () => {
  test('is found by its time when it changed', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is found also when its modification time is set back', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    utimesSync(file, new Date(0), new Date(0));
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is found when it appears', () => {
    const { freshness, file } = loaded({ 'a.ts': null }, { isWatched: false });
    writeFileSync(file, '1');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is found when it is deleted', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    rmSync(file);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is found when a file takes the place of its folder', () => {
    const { freshness, root, file } = loaded({ 'in/a.ts': '1' }, { isWatched: false });
    rmSync(path.join(root, 'in'), { recursive: true });
    writeFileSync(path.join(root, 'in'), '');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is fresh when it was missing and still is', () => {
    expect(looked(loaded({ 'a.ts': null }, { isWatched: false }).freshness)).toEqual(FRESH);
  });

  test('is not read when it is older than its load', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.retain(new Set());
    freshness.add([[file, contentHash('as if it had changed')]], Date.now() + 60_000);
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('is stale when it is emptied and stays empty', () => {
    const clock = useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '');
    expect(looked(freshness)).toEqual(stale());
    clock.advance(PAST_SETTLING_MS);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is told once when the next load fails before it reads it', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(stale(file));
    freshness.begin();
    expect(looked(freshness)).toEqual(FRESH);
  });
});

describe('a file that a watcher covers from now on', () => {
  test('is stale when it changed before', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    freshness.markWatched([file]);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is stale when it was deleted before', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    rmSync(file);
    freshness.markWatched([file]);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is not looked at until it is touched', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(FRESH);
  });
});

describe('the next generation', () => {
  test('does not ask again for what made it', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    freshness.touch(file);
    freshness.begin();
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('is fresh when it has read the change', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    freshness.begin();
    freshness.add([[file, contentHash('2')]], Date.now());
    freshness.touch(file);
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('is stale when a file changed again after it was read and before that was told', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.begin();
    writeFileSync(file, '3');
    freshness.add([[file, contentHash('2')]], Date.now());
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('that is sound forgets the files that it no longer has', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' });
    freshness.retain(new Set([files[0]!]));
    expect([...freshness.files]).toEqual([files[0]]);
    expect(freshness.touch(files[1]!)).toEqual([]);
  });

  test('does not ask for the change of a file that it forgot', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' }, { isWatched: false });
    writeFileSync(files[1]!, '2');
    freshness.touch(files[1]!);
    freshness.retain(new Set([files[0]!]));
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('keeps an eye on the files of the last one until it is sound', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' });
    freshness.begin();
    expect([...freshness.files]).toEqual(files);
  });
});
