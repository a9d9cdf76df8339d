/** How much is decoded to find out, and how much may come of it. */
const TRIED_BYTES = 4 * 1024;
const MOST_BYTES = 64 * 1024;
const CONTROL_CHARACTER = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

/** What every `fetch()` decodes that decodes anything. */
const DECODED_BY_FETCH = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** Whether a block is the first of a body of a coding. */
const BEGINNINGS: Readonly<Record<string, (block: Uint8Array, isWhole: boolean) => boolean>> = {
  gzip: isGzip,
  'x-gzip': isGzip,
  deflate: isDeflate,
  br: isBrotli,
  zstd: (block) => startsWith(block, 0x28, 0xb5, 0x2f, 0xfd),
};

/** Whether `fetch()` has decoded a body that came in these codings, and left the header as it was. */
export function isDecodedByFetch(contentEncoding: string): boolean {
  return codingsOf(contentEncoding).every((coding) => DECODED_BY_FETCH.has(coding));
}

/**
 * Whether bytes are in the last of these codings. They are not where a body was decoded and the header kept, as it is
 * in `new Response(fetched.body, fetched)`.
 *
 * @param first The first block.
 * @param isWhole Whether there is no other.
 */
export function isEncoded(contentEncoding: string, first: Uint8Array, isWhole: boolean): boolean {
  const isBeginning = BEGINNINGS[codingsOf(contentEncoding).at(-1) ?? ''];
  return isBeginning === undefined || (!isText(first) && isBeginning(first, isWhole));
}

function codingsOf(contentEncoding: string): string[] {
  return contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
}

/** Some texts are the beginning of something that can be decoded. What was encoded is not text. */
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

/** The number of the method, 8, and a check of the first two bytes (RFC 1950). */
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

/** It has nothing to begin with that says what it is: some of it must be decoded. */
function isBrotli(block: Uint8Array, isWhole: boolean): boolean {
  // Not known where there is no decoder, or more comes of it than is wanted.
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

/** Whether it can be done, as far as a runtime can tell. Asked for, since not every runtime has Node's modules. */
function decode(act: (zlib: typeof import('node:zlib')) => void): boolean {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  if (zlib === undefined) return true;
  try {
    act(zlib);
    return true;
  } catch (error) {
    // It can, and more comes of it than is wanted.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
  }
}
