/** The number of bytes that are decoded for the check, and the limit of the decoded size. */
const TRIED_BYTES = 4 * 1024;
const MOST_BYTES = 64 * 1024;
const CONTROL_CHARACTER = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

/** The codings that every decoding `fetch()` supports. */
const DECODED_BY_FETCH = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** Whether a block can be the first one of a body in this coding. */
const BEGINNINGS: Readonly<Record<string, (block: Uint8Array, isWhole: boolean) => boolean>> = {
  gzip: isGzip,
  'x-gzip': isGzip,
  deflate: isDeflate,
  br: isBrotli,
  zstd: (block) => startsWith(block, 0x28, 0xb5, 0x2f, 0xfd),
};

/** Whether `fetch()` has decoded a body with these codings. It then keeps the Content-Encoding header. */
export function isDecodedByFetch(contentEncoding: string): boolean {
  return codingsOf(contentEncoding).every((coding) => DECODED_BY_FETCH.has(coding));
}

/**
 * Whether bytes are in the last of these codings. They are not if the body was decoded but the header kept, as in `new
 * Response(fetched.body, fetched)`.
 *
 * @param first The first block.
 * @param isWhole Whether it is the only block.
 */
export function isEncoded(contentEncoding: string, first: Uint8Array, isWhole: boolean): boolean {
  const isBeginning = BEGINNINGS[codingsOf(contentEncoding).at(-1) ?? ''];
  return isBeginning === undefined || (!isText(first) && isBeginning(first, isWhole));
}

function codingsOf(contentEncoding: string): string[] {
  return contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
}

/** Some plain texts can be decoded by accident. Encoded data is never valid text. */
function isText(block: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head(block), { stream: true });
    return !CONTROL_CHARACTER.test(text);
  } catch {
    return false;
  }
}

function startsWith(block: Uint8Array, ...bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => block[i] === byte);
}

function isGzip(block: Uint8Array): boolean {
  return startsWith(block, 0x1f, 0x8b);
}

/** Checks the compression method, 8, and the checksum of the first two bytes (RFC 1950). */
function isDeflate(block: Uint8Array): boolean {
  const [method = 0, flags = 0] = block;
  if ((method & 0x0f) !== 8 || (method * 256 + flags) % 31 !== 0) return false;
  return decode((zlib) =>
    zlib.inflateSync(head(block), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      maxOutputLength: MOST_BYTES,
    }),
  );
}

/** Brotli has no signature, so the beginning is decoded for the check. */
function isBrotli(block: Uint8Array, isWhole: boolean): boolean {
  // Unknown if there is no decoder, or if the decoded size is above the limit.
  let decodedBytes = Number.POSITIVE_INFINITY;
  const isDecodable = decode((zlib) => {
    const { BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH } = zlib.constants;
    const finishFlush =
      isWhole && block.length <= TRIED_BYTES ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
    const decoded = zlib.brotliDecompressSync(head(block), { finishFlush, maxOutputLength: MOST_BYTES });
    decodedBytes = decoded.length;
  });
  return isDecodable && (decodedBytes > 0 || isWhole);
}

function head(block: Uint8Array): Uint8Array {
  return block.subarray(0, TRIED_BYTES);
}

/** Whether decoding succeeds. Node's modules are requested at run time, since not every runtime has them. */
function decode(act: (zlib: typeof import('node:zlib')) => void): boolean {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  if (zlib === undefined) return true;
  try {
    act(zlib);
    return true;
  } catch (error) {
    // Decoding works, but the result is larger than the limit.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
  }
}
