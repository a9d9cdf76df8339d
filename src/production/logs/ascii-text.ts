import { isUtf8 } from 'node:buffer';

const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/**
 * Escapes client data for a line of text between double quotes: quotes and backslashes get a backslash, and bytes that
 * are not printable ASCII are written as `\xc3`, as in Apache and nginx. So a client cannot end the line, end the
 * quotes or control a terminal.
 *
 * @param text a string of bytes, one latin-1 character each
 */
export function asciiText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, escapeCharacter);
}

/** As a string of JSON, with its quotes. Bytes that are UTF-8 are decoded. */
export function asciiJson(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  return asciiOnly(JSON.stringify(decoded(text)));
}

/** The same JSON with ASCII characters only. */
export function asciiOnly(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, escapeUnit);
}

function decoded(text: string): string {
  if (/[^\0-\xff]/.test(text)) return text; // It is text of the application itself, not bytes.
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
