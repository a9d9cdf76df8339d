import { ClientDisconnected } from '../../wsgi/errors.ts';
import type { Environ } from '../../wsgi/types.ts';

/** The request's body as a stream that reads the input only on demand; null if the request has no body. */
export function requestBody(environ: Environ): ReadableStream<Uint8Array> | null {
  const blocks = requestBlocks(environ);
  if (blocks === undefined) return null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await blocks.next();
        if (step.done) controller.close();
        else controller.enqueue(step.value);
      },
    },
    // No read-ahead: a body that the view does not use is not read, and a client that expects `100 Continue` is not
    // asked for it.
    { highWaterMark: 0 },
  );
}

/** Iterates over the blocks of a request's body, up to the length that may be read; `undefined` if there is no body. */
export function requestBlocks(environ: Environ): AsyncIterator<Uint8Array, void> | undefined {
  const length = bodyLength(environ);
  if (length === 0) return undefined;
  const blocks = environ['wsgi.input'][Symbol.asyncIterator]();
  return length === Number.POSITIVE_INFINITY ? blocks : limited(blocks, length);
}

/** The number of bytes that may be read. Without `wsgi.input_terminated`, the input has no guaranteed end. */
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
