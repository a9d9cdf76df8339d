import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { Freshness, type Verdict } from '../../../src/dev/changes/freshness.ts';
import { contentHash } from '../../../src/loader/sources/content-hash.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

export const FRESH: Verdict = { isFresh: true };

export function stale(...changed: string[]): Verdict {
  return { isFresh: false, changed };
}

export interface Loaded {
  readonly root: string;
  readonly freshness: Freshness;
  readonly files: readonly string[];
  /** The first of the files. */
  readonly file: string;
}

/** What a generation was loaded from: the files' content, or null for one that was missing. */
export function loaded(
  content: Readonly<Record<string, string | null>>,
  { isWatched = true }: { isWatched?: boolean } = {},
): Loaded {
  const there = Object.entries(content).filter((entry): entry is [string, string] => entry[1] !== null);
  const root = temporaryFolder(Object.fromEntries(there));
  const freshness = new Freshness();
  const states = Object.entries(content).map(
    ([name, text]) => [path.join(root, name), text === null ? null : contentHash(text)] as const,
  );
  const files = states.map(([file]) => file);
  // What is watched has been looked at: as if it had been read long after it was written.
  freshness.add(states, isWatched ? Date.now() + 60_000 : Date.now());
  if (isWatched) freshness.markWatched(files);
  return { root, freshness, files, file: files[0]! };
}

/** Longer than an emptied file is believed to be on its way to new content. */
export const PAST_SETTLING_MS = 41;

/** Makes the clock, and only the clock, stand still where a test puts it. */
export function useClock(): { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  return { advance: (ms) => vi.setSystemTime(Date.now() + ms) };
}
