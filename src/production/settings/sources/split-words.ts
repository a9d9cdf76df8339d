import { UsageError } from '../../../errors.ts';

/** An unquoted part, or one in quotes, where a backslash keeps what follows it except in single quotes. */
const PART = /[^\s'"\\]+|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gsy;

/**
 * Takes a text apart into words as a shell does, without expanding anything.
 *
 * @throws {UsageError} for a quote without its end
 *
 * @example splitWords('-w 4 --env "NAME=two words"') // ['-w', '4', '--env', 'NAME=two words']
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const [length, word] = readWord(rest);
    if (length === 0) throw new UsageError(`expected the end of the quote, found none: ${rest}`);
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return words;
}

/** The word at the start of a text, and how many characters of the text it takes. */
function readWord(text: string): readonly [length: number, word: string] {
  let word = '';
  let length = 0;
  for (const [part, escaped, single, double] of text.matchAll(PART)) {
    word += escaped ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? part;
    length += part.length;
  }
  return /^\S/.test(text.slice(length)) ? [0, ''] : [length, word];
}
