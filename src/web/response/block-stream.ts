import type { BlockSource } from './block-source.ts';

/**
 * A stream of blocks that cancels their source as soon as it is cancelled. Node's `Response` also converts a generator
 * or a Node stream, but if it is cancelled while a block is pending, it does not cancel the source, and a later error
 * ends the process.
 */
export function streamOf(source: BlockSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isLeft = false;
  let isPending = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        isPending = true;
        const { done, value } = await source.next();
        isPending = false;
        if (isLeft) return;
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      },
      cancel() {
        isLeft = true;
        const leaving = source.leave();
        if (!isPending) return leaving;
      },
    },
    // No read-ahead: a block is produced only when it is read.
    { highWaterMark: 0 },
  );
}
