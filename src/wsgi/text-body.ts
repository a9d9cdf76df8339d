const encoder = new TextEncoder();

/** Text as UTF-8. Node's Buffer is faster for a small text, and some runtimes lack it. */
export const encodeText: (text: string) => Uint8Array =
  globalThis.Buffer === undefined ? (text) => encoder.encode(text) : (text) => Buffer.from(text);

/** Whether a text has as many bytes as characters, so that it can be sent without encoding. */
export function isAscii(text: string): boolean {
  return globalThis.Buffer !== undefined && Buffer.byteLength(text) === text.length;
}

/**
 * A body that is an ASCII text. A server that receives this object itself sends the text without encoding it. For other
 * callers it is one block of bytes.
 */
export class TextBody implements Iterable<Uint8Array> {
  readonly text: string;
  close: (() => void | Promise<void>) | undefined;

  constructor(text: string) {
    this.text = text;
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return [encodeText(this.text)].values();
  }
}
