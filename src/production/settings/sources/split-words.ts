import { UsageError } from '../../../errors.ts';

/**
 * Matches a part of a word: unquoted, or in quotes. A backslash escapes the next character, except in single quotes.
 */
const PART = /[^\s'"\\]+|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gsy;

/**
 * Splits a text into words as a shell does, without expansion.
 *
 * @throws {UsageError} for a quote that is not closed
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

/** The word at the start of a text, and the number of characters that it takes. */
function readWord(text: string): readonly [length: number, word: string] {
  let word = '';
  let length = 0;
  for (const [part, escaped, single, double] of text.matchAll(PART)) {
    word += escaped ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? part;
    length += part.length;
  }
  return /^\S/.test(text.slice(length)) ? [0, ''] : [length, word];
}
