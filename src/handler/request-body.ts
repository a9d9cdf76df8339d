import type { Environ, WSGIInput } from '../wsgi/types.ts';

/** The request's body as a stream that reads when it is read; null when the request has none. */
export function requestBody(environ: Environ): ReadableStream<Uint8Array> | null {
  const length = bodyLength(environ);
  return length === 0 ? null : streamOf(environ['wsgi.input'], length);
}

/** How much may be read: the server promises an end only with `wsgi.input_terminated`. */
function bodyLength(environ: Environ): number {
  const { CONTENT_LENGTH: declared = '' } = environ;
  if (/^\d+$/.test(declared)) return Number(declared);
  const isChunked = environ.HTTP_TRANSFER_ENCODING !== undefined;
  return isChunked && environ['wsgi.input_terminated'] ? Number.POSITIVE_INFINITY : 0;
}

function streamOf(input: WSGIInput, length: number): ReadableStream<Uint8Array> {
  const blocks = input[Symbol.asyncIterator]();
  let left = length;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await blocks.next();
        if (done) return controller.close();
        const block = value.subarray(0, left);
        left -= block.length;
        controller.enqueue(block);
        if (left === 0) controller.close();
      },
    },
    // No read-ahead: a body that the view leaves alone is not read, and a client that waits for 100 is not asked.
    { highWaterMark: 0 },
  );
}
