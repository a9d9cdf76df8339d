/**
 * Characters that could control a terminal or disguise a text: control characters, also those from 0x80 to 0x9f, unusual line
 * ends, and marks that change the direction of writing.
 */
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;
const UNPRINTABLE_IN_LINE = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes these characters in a text of several lines, for a terminal or a log. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, escapeCharacter);
}

/** The same for a text that must be a single line: a name, a path, a part of a request. */
export function printableLine(text: string): string {
  return text.replace(UNPRINTABLE_IN_LINE, escapeCharacter);
}

/** Escapes a part of a request for a log, which shows it between double quotes. */
export function quotedText(text: string): string {
  return printableLine(text.replace(/["\\]/g, '\\$&'));
}

/**
 * One entry of a log. Further lines are indented in the same way as those of a stack, so that none of them looks like
 * another entry.
 */
export function logEntry(text: string): string {
  return printable(text).replace(/\n(?=[^\s])/g, '\n    ');
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
}
