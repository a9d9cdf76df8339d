import { shownPath } from '../../files/shown-path.ts';

const PLAIN_WORD = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/** A line to copy into a POSIX shell. */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The way from one folder to another, or nothing when it is the same. */
export function changeDirectory(from: string, to: string): string[] {
  return from === to ? [] : [shellLine('cd', shownPath(to, from))];
}

function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
