import { ClientDisconnected } from '../wsgi/errors.ts';
import type { Environ } from '../wsgi/types.ts';

/** The body of a request block by block, as far as it may be read; `undefined` when the request has none. */
export function requestBlocks(environ: Environ): AsyncIterator<Uint8Array, void> | undefined {
  const length = bodyLength(environ);
  if (length === 0) return undefined;
  const blocks = environ['wsgi.input'][Symbol.asyncIterator]();
  return length === Number.POSITIVE_INFINITY ? blocks : limited(blocks, length);
}

/** How much may be read: a server promises an end only with `wsgi.input_terminated`. */
function bodyLength(environ: Environ): number {
  const { CONTENT_LENGTH: declared = '' } = environ;
  if (/^\d+$/.test(declared)) return Number(declared);
  const isChunked = environ.HTTP_TRANSFER_ENCODING !== undefined;
  return isChunked && environ['wsgi.input_terminated'] ? Number.POSITIVE_INFINITY : 0;
}

async function* limited(blocks: AsyncIterator<Uint8Array>, length: number): AsyncGenerator<Uint8Array, void> {
  for (let left = length; left > 0; ) {
    const { done, value } = await blocks.next();
    if (done) throw new ClientDisconnected(`The request body ended ${left} bytes before its CONTENT_LENGTH.`);
    const block = value.subarray(0, left);
    left -= block.length;
    yield block;
  }
}
