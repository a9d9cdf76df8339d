import type { Socket } from 'node:net';

/** The client has closed the connection before it was known what it is for. */
export class EndedEarly extends Error {}

/**
 * Reads a connection until its first bytes tell enough. Nothing more is read then.
 *
 * @param head what was read of it elsewhere
 * @param judge gets all that has come, and returns undefined while that is not enough
 * @throws {EndedEarly}, and what `judge` throws
 */
export function readFirstBytes<Verdict>(
  socket: Socket,
  head: Buffer,
  judge: (bytes: Buffer) => Verdict | undefined,
): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    let bytes = head;
    const settle = (how: () => void) => {
      socket.pause();
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      how();
    };
    const onEnd = () => settle(() => reject(new EndedEarly()));
    const onData = (block: Buffer) => {
      bytes = bytes.length === 0 ? block : Buffer.concat([bytes, block]);
      let verdict: Verdict | undefined;
      try {
        verdict = judge(bytes);
      } catch (error) {
        settle(() => reject(error));
        return;
      }
      if (verdict !== undefined) settle(() => resolve(verdict));
    };
    socket.on('data', onData).once('end', onEnd).once('close', onEnd);
    socket.resume();
    if (head.length > 0) onData(Buffer.alloc(0));
  });
}
