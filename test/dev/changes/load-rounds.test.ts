import { expect, test } from 'vitest';
import { LoadRounds } from '../../../src/dev/changes/load-rounds.ts';

const LOAD_MS = 40;
const RELOAD = { do: 'reload' };
const WAIT = { do: 'wait' };

function createRounds() {
  let now = 1_000_000;
  const rounds = new LoadRounds(() => now);
  return {
    wait: () => rounds.wait(),
    begin: () => rounds.begin(),
    end: (result?: { hasFailed: boolean }) => rounds.end(result),
    answered: () => rounds.answered(),
    pass: (ms: number) => {
      now += ms;
    },
    /** Judges files that have changed just now, or so long ago. */
    changed: (names: string[] = ['a.ts'], ago = 0) =>
      rounds.judge(new Map(names.map((name) => [name, now - ago]))),
    /** A load that the change of a file breaks off, so long after its start. */
    brokenOff(moment: number) {
      rounds.begin();
      now += moment;
      const judgement = rounds.judge(new Map([['a.ts', now]]));
      rounds.wait();
      return judgement;
    },
    /** A load that comes to its end, during which a file changes. */
    whole(moment: number, name = 'a.ts') {
      rounds.begin();
      now += moment;
      const changedAt = now;
      const meanwhile = rounds.judge(new Map([[name, changedAt]]));
      now += LOAD_MS - moment;
      rounds.end();
      return [meanwhile, rounds.judge(new Map([[name, changedAt]]))];
    },
  };
}

function restless() {
  const rounds = createRounds();
  for (let round = 0; round < 13; round++) {
    expect(rounds.brokenOff(20)).toEqual(RELOAD);
    rounds.wait();
    rounds.pass(20);
  }
  return rounds;
}

test('a save after a load starts another load at once', () => {
  const rounds = createRounds();
  rounds.begin();
  rounds.pass(LOAD_MS);
  rounds.end();
  rounds.pass(1_000);
  expect(rounds.changed()).toEqual(RELOAD);
});

test('a save during a load aborts it', () => {
  expect(createRounds().brokenOff(20)).toEqual(RELOAD);
});

test('after half a second of aborted loads, one load is completed', () => {
  expect(restless().whole(20)).toEqual([WAIT, { do: 'pause', againInMs: 500 }]);
});

test('a series of saves aborts one load after the other', () => {
  const rounds = createRounds();
  for (let ms = 0; ms < 480; ms += 20) expect(rounds.brokenOff(20)).toEqual(RELOAD);
});

test('a change during a load that began after a quiet time shows that the site writes the file itself', () => {
  const rounds = restless();
  rounds.whole(20);
  rounds.pass(500);
  expect(rounds.changed(['a.ts'], 540)).toEqual(RELOAD);
  expect(rounds.whole(20)).toEqual([WAIT, { do: 'accept', files: ['a.ts'], found: ['a.ts'] }]);
});

test('a file that the site is known to write no longer aborts a load, and is not reported again', () => {
  const rounds = restless();
  rounds.whole(20);
  rounds.pass(500);
  rounds.changed(['a.ts'], 540);
  rounds.whole(20);
  expect(rounds.whole(30)).toEqual([WAIT, { do: 'accept', files: ['a.ts'], found: [] }]);
});

test('a file that the site is known to write starts a load when it is saved at another time', () => {
  const rounds = restless();
  rounds.whole(20);
  rounds.pass(500);
  rounds.changed(['a.ts'], 540);
  rounds.whole(20);
  rounds.pass(50);
  expect(rounds.changed()).toEqual(RELOAD);
});

test('another file that is saved during such a load aborts it', () => {
  const rounds = restless();
  rounds.whole(20);
  rounds.pass(500);
  rounds.changed(['a.ts'], 540);
  rounds.whole(20);
  rounds.begin();
  rounds.pass(20);
  expect(rounds.changed(['a.ts', 'b.ts'])).toEqual(RELOAD);
});

test('loads of varying duration on a busy machine are compared by the share of the load that had passed', () => {
  const rounds = createRounds();
  const load = (ms: number, part: number) => {
    rounds.begin();
    rounds.pass(ms);
    rounds.end();
    const judgement = rounds.changed(['a.ts'], ms * (1 - part));
    rounds.pass(500);
    if (judgement.do === 'pause') expect(rounds.changed(['a.ts'], ms + 500)).toEqual(RELOAD);
    return judgement;
  };
  for (const ms of [400, 900, 600]) load(ms, 0.8);
  expect(load(1_200, 0.9)).toMatchObject({ do: 'accept' });
});

test('saves at different moments of each load are not taken for writes of the site', () => {
  const rounds = createRounds();
  for (const moment of [300, 2_500]) rounds.brokenOff(moment);
  rounds.begin();
  rounds.pass(3_000);
  rounds.end();
  expect(rounds.changed(['a.ts'], 1_000)).toMatchObject({ do: 'pause' });
  rounds.pass(500);
  expect(rounds.changed(['a.ts'], 1_500)).toEqual(RELOAD);
  rounds.begin();
  rounds.pass(3_000);
  rounds.end();
  expect(rounds.changed(['a.ts'], 600)).toMatchObject({ do: 'pause' });
});

test('saves while a load waits for its process do not count', () => {
  const rounds = restless();
  rounds.wait();
  rounds.pass(40);
  expect(rounds.changed()).toEqual(RELOAD);
  expect(rounds.whole(20)).toMatchObject([WAIT, { do: 'pause' }]);
});

test('a save after the load, outside of such a series, starts another load at once', () => {
  const rounds = restless();
  rounds.begin();
  rounds.pass(LOAD_MS);
  rounds.end();
  rounds.pass(200);
  expect(rounds.changed()).toEqual(RELOAD);
  // And the count begins anew.
  expect(rounds.brokenOff(20)).toEqual(RELOAD);
  expect(rounds.brokenOff(20)).toEqual(RELOAD);
});

test('changes that were noticed only after the end of a load count too', () => {
  const rounds = createRounds();
  const load = () => {
    rounds.begin();
    rounds.pass(LOAD_MS);
    rounds.end();
    rounds.pass(100);
    return rounds.changed(['a.ts'], 120).do;
  };
  expect(Array.from({ length: 5 }, load)).toEqual(['reload', 'reload', 'reload', 'reload', 'pause']);
});

test('a save after each answer is a user’s save, and starts a load at once, however often', () => {
  const rounds = createRounds();
  for (let edit = 0; edit < 50; edit++) {
    rounds.begin();
    rounds.pass(LOAD_MS);
    rounds.end();
    rounds.answered();
    expect(rounds.changed()).toEqual(RELOAD);
    rounds.wait();
  }
});
