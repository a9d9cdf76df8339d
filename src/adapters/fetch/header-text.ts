import type { Header } from '../../wsgi/types.ts';

/**
 * Header values are bytes. Node, Bun, Deno and the environ have one character for each byte. Workers decode and encode
 * headers as UTF-8, so their strings are text.
 */
const runtime: { hasText?: boolean } = {};

/** Not at import time: the first access to Headers makes Node load the class (`bench/first-use.js`). */
function hasText(): boolean {
  runtime.hasText ??= holdsText();
  return runtime.hasText;
}

function holdsText(): boolean {
  try {
    new Headers({ 'x-text': '\u0100' });
    return true;
  } catch {
    return false; // The character is not a byte.
  }
}

/** Converts the value of a header to the form of an environ. Workers have already lost bytes that were not UTF-8. */
export function toBytes(value: string): string {
  if (!hasText() || !/[^\0-\x7f]/.test(value)) return value;
  return Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join('');
}

/** Converts response headers for `Headers`, so that the same bytes are sent. */
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
    return value; // A Worker cannot send these bytes.
  }
}
