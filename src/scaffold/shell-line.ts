import { relative } from 'node:path';

const PLAIN_WORD = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/** A line to copy into a POSIX shell. */
export function shellLine(...words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** The way from one folder to another, or nothing when it is the same. */
export function changeDirectory(from: string, to: string): string[] {
  const path = relative(from, to);
  if (path === '') return [];
  return [shellLine('cd', path.startsWith('..') ? to : path)];
}

function quote(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
