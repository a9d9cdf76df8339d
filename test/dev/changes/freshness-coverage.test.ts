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
  test('is stale when its time has changed', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is stale also when its modification time was set back', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    utimesSync(file, new Date(0), new Date(0));
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is stale when it was created', () => {
    const { freshness, file } = loaded({ 'a.ts': null }, { isWatched: false });
    writeFileSync(file, '1');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is stale when it was deleted', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    rmSync(file);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is stale when a file has replaced its folder', () => {
    const { freshness, root, file } = loaded({ 'in/a.ts': '1' }, { isWatched: false });
    rmSync(path.join(root, 'in'), { recursive: true });
    writeFileSync(path.join(root, 'in'), '');
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is fresh when it was missing and is still missing', () => {
    expect(looked(loaded({ 'a.ts': null }, { isWatched: false }).freshness)).toEqual(FRESH);
  });

  test('is not read when it is older than its load', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.retain(new Set());
    freshness.add([[file, contentHash('as if it had changed')]], Date.now() + 60_000);
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('is stale when it was emptied and stays empty', () => {
    const clock = useClock();
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '');
    expect(looked(freshness)).toEqual(stale());
    clock.advance(PAST_SETTLING_MS);
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('is reported once when the next load fails before it reads the file', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' }, { isWatched: false });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(stale(file));
    freshness.begin();
    expect(looked(freshness)).toEqual(FRESH);
  });
});

describe('a file that a watcher covers from now on', () => {
  test('is stale when it was changed before', () => {
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

  test('is not checked without an event', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    writeFileSync(file, '2');
    expect(looked(freshness)).toEqual(FRESH);
  });
});

describe('the next generation', () => {
  test('is not stale because of the change that caused it', () => {
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

  test('is stale when a file changed again between its reading and its report', () => {
    const { freshness, file } = loaded({ 'a.ts': '1' });
    freshness.begin();
    writeFileSync(file, '3');
    freshness.add([[file, contentHash('2')]], Date.now());
    expect(looked(freshness)).toEqual(stale(file));
  });

  test('that loads without an error removes files that it does not use', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' });
    freshness.retain(new Set([files[0]!]));
    expect([...freshness.files]).toEqual([files[0]]);
    expect(freshness.touch(files[1]!)).toEqual([]);
  });

  test('is not stale because of a file that was removed', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' }, { isWatched: false });
    writeFileSync(files[1]!, '2');
    freshness.touch(files[1]!);
    freshness.retain(new Set([files[0]!]));
    expect(looked(freshness)).toEqual(FRESH);
  });

  test('still checks the files of the last one until it has loaded without an error', () => {
    const { freshness, files } = loaded({ 'a.ts': '1', 'b.ts': '1' });
    freshness.begin();
    expect([...freshness.files]).toEqual(files);
  });
});
