import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldLines } from '../../../src/cli/terminal/held-lines.ts';

/** The event loop turns twice. */
const turn = () => vi.advanceTimersByTime(1);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createHeld(holdMs?: number) {
  const written: string[] = [];
  const held = new HeldLines((text) => written.push(text), holdMs);
  const add = (...texts: string[]) => {
    for (const text of texts) held.add(() => text);
  };
  return { held, add, written };
}

test('a line that comes alone is printed at once', () => {
  const { add, written } = createHeld();
  add('a');
  turn();
  vi.advanceTimersByTime(50);
  add('b');
  turn();
  expect(written).toEqual(['a', 'b']);
});

test('lines that follow within 50 ms are printed in one write, in their order', () => {
  const { add, written } = createHeld();
  add('a');
  turn();
  add('b', 'c');
  expect(written).toEqual(['a']);
  vi.advanceTimersByTime(50);
  add('d');
  turn();
  expect(written).toEqual(['a', 'bc']);
  vi.advanceTimersByTime(50);
  expect(written).toEqual(['a', 'bc', 'd']);
});

test('what is held is printed before something else is', () => {
  const { held, add, written } = createHeld();
  add('a');
  turn();
  add('b');
  held.flush();
  held.flush();
  add('c');
  expect(written).toEqual(['a', 'b']);
  vi.advanceTimersByTime(50);
  expect(written).toEqual(['a', 'b', 'c']);
});

test('the line of a request comes behind what its worker has written before, which may be read later', () => {
  const { held, add, written } = createHeld();
  add('line of an earlier request');
  turn();
  add('line');
  turn();
  add('line of the request with an error');
  held.release();
  written.push('error');
  turn();
  held.release();
  expect(written).toEqual([
    'line of an earlier request',
    'line',
    'error',
    'line of the request with an error',
  ]);
});

test('where nothing is to be held, each line is printed at once', () => {
  const { add, written } = createHeld(0);
  add('a', 'b');
  expect(written).toEqual(['a', 'b']);
});
