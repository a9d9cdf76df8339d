import { isUtf8 } from 'node:buffer';

const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/**
 * What a client sent, for a line of text between double quotes: quotes and backslashes have a backslash in front, and what
 * is not printable ASCII is written as its bytes, `\xc3`, as Apache and nginx write it. So nothing that a client sends can
 * end the line, end the quotes or steer a terminal.
 *
 * @param text a string of bytes, a latin-1 character for each
 */
export function asciiText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, escapeCharacter);
}

/** The same as a string of JSON, with its quotes. Bytes that are UTF-8 are read as such. */
export function asciiJson(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  return asciiOnly(JSON.stringify(decoded(text)));
}

/** The same JSON without a character beyond ASCII. */
export function asciiOnly(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, escapeUnit);
}

function decoded(text: string): string {
  if (/[^\0-\xff]/.test(text)) return text; // the application's own, and no bytes
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : text;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? escapeUnit(character) : `\\x${code.toString(16).padStart(2, '0')}`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
