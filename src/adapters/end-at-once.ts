import type { ServerResponse } from 'node:http';

type End = (...args: unknown[]) => ServerResponse;

/**
 * Lets a response send its last block together with its head in a single write to the socket. Node itself writes them
 * and an empty third one, which takes 2 µs more. It is in a property of the response's own, as the `end()` of
 * middleware is that comes later and calls this one.
 */
export function endAtOnce(response: ServerResponse): void {
  (response as { end: End }).end = end;
}

function end(this: ServerResponse, ...args: unknown[]): ServerResponse {
  const [block, encoding] = args;
  const node: { write: End; end: End } = Object.getPrototypeOf(this);
  const { socket } = this;
  const isBlock = (typeof block === 'string' && block !== '') || block instanceof Uint8Array;
  // Otherwise Node makes the length of the head from this very block.
  const hasLength = this.headersSent || this.hasHeader('content-length');
  if (!isBlock || !hasLength || this.writableEnded || socket === null || socket.writableCorked > 0) {
    return node.end.apply(this, args);
  }
  socket.cork();
  node.write.call(this, block, typeof encoding === 'string' ? encoding : undefined);
  socket.uncork();
  return node.end.call(
    this,
    args.find((arg) => typeof arg === 'function'),
  );
}
