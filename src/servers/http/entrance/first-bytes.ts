import type { Socket } from 'node:net';

/** The client has closed the connection before its first bytes were complete. */
export class EndedEarly extends Error {}

/**
 * Reads a connection until `judge` has enough of its first bytes. Then it reads nothing more.
 *
 * @param head bytes of the connection that were read elsewhere
 * @param judge receives all bytes so far, and returns undefined if it needs more
 * @throws {EndedEarly}, and the errors of `judge`
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
