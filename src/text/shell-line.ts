const PLAIN_WORD = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/** A line to copy into a POSIX shell. */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
