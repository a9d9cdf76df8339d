import type { Header } from '../../wsgi/types.ts';

/**
 * Headers are bytes, and strings have a character for each: Node, Bun and Deno have it so, and the environ. Workers read
 * headers as UTF-8 and send them so, and their strings are text.
 */
const runtime: { hasText?: boolean } = {};

/** Not as the module loads: the first access to Headers makes Node load it (`bench/first-use.js`). */
function hasText(): boolean {
  runtime.hasText ??= holdsText();
  return runtime.hasText;
}

function holdsText(): boolean {
  try {
    new Headers({ 'x-text': '\u0100' });
    return true;
  } catch {
    return false; // it is not a byte
  }
}

/** The value of a header as an environ has it. What came that is not UTF-8, Workers have lost. */
export function toBytes(value: string): string {
  if (!hasText() || !/[^\0-\x7f]/.test(value)) return value;
  return Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join('');
}

/** The headers of a response as Headers want them, so that the bytes are sent. */
export function fromBytes(headers: readonly Header[]): [string, string][] {
  if (!hasText()) return headers as [string, string][];
  return headers.map(([name, value]) => [name, textOf(value)]);
}

function textOf(value: string): string {
  if (!/[^\0-\x7f]/.test(value)) return value;
  try {
    const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return value; // bytes that a Worker cannot send
  }
}
