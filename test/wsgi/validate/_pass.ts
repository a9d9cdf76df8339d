import type { WSGIResponse } from '../../../src/wsgi/types.ts';

/** Blocks as they are, and no `close()`. */
export async function* pass(response: WSGIResponse): AsyncGenerator<Uint8Array> {
  yield* response;
}
