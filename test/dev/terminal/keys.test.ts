import { describe, expect, test } from 'vitest';
import { pressKeys } from '../../../src/dev/terminal/keys.ts';

/** What is done for a text, with actions for r, c, h and q. */
function done(text: string): string[] {
  const log: string[] = [];
  const actions = ['r', 'c', 'h', 'q'].map((key) => ({ key, does: '', run: () => void log.push(key) }));
  pressKeys(text, actions, {
    interrupt: () => void log.push('interrupt'),
    quit: () => void log.push('quit'),
    suspend: () => void log.push('suspend'),
    newLine: () => void log.push('new line'),
  });
  return log;
}

describe('the keys', () => {
  test.each([
    ['r', ['r']],
    ['R', ['r']],
    ['rx é😀h', ['r', 'h']],
    ['\u0003', ['interrupt']],
    ['\u001c', ['quit']],
    ['\u001a', ['suspend']],
    ['\r', ['new line']],
    ['\n\r', ['new line', 'new line']],
  ])('%j run the actions %j', (text, expected) => {
    expect(done(text)).toEqual(expected);
  });

  test.each([
    ['the right arrow', '\u001b[C'],
    ['Home', '\u001b[H'],
    ['F2', '\u001bOQ'],
    ['F3', '\u001bOR'],
    ['CONTROL and the right arrow', '\u001b[1;5C'],
    ['Alt and q', '\u001bq'],
    ['Escape', '\u001b'],
    ['a mouse', '\u001b[<0;12;7M'],
  ])('that send several characters run no action: %s', (_name, text) => {
    expect(done(text)).toEqual([]);
    expect(done(`${text}${text.length > 1 ? 'h' : ''}`)).toEqual(text.length > 1 ? ['h'] : []);
  });
});
