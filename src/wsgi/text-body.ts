const encoder = new TextEncoder();

/** Text as UTF-8. Node's Buffer is faster for a small text; other runtimes have none. */
export const encodeText: (text: string) => Uint8Array =
  globalThis.Buffer === undefined ? (text) => encoder.encode(text) : (text) => Buffer.from(text);

/** Whether a text is as many bytes as characters, so that it need not be encoded to be sent. */
export function isAscii(text: string): boolean {
  return globalThis.Buffer !== undefined && Buffer.byteLength(text) === text.length;
}

/**
 * A body that is a text in ASCII. A server that is given it as it was returned sends it as it is; for everybody else
 * it is one block of bytes.
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
