import type { BlockSource } from './block-source.ts';

/**
 * A stream of blocks, which leaves their source as soon as it is cancelled. Node's `Response` makes one of a generator
 * or of a Node stream too; cancelled while a block is pending, that lets the source be, and later ends the process.
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
    // No read-ahead: a block that is not read is not made.
    { highWaterMark: 0 },
  );
}
