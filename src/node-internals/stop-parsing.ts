import type { Socket } from 'node:net';
import { mayUseInternals } from './probe.ts';

/** What `node:http` puts on a socket of its server, and what is below it. Node 20 to 26 have it alike. */
interface ServedSocket extends Socket {
  readonly parser?: { readonly _consumed?: boolean } | null;
  readonly _handle?: { reading?: boolean; readStart?(): void } | null;
}

/**
 * Takes a socket away from Node's HTTP parser, so that what still comes is discarded as bytes. Node has this for an
 * upgrade only. Its parser lets go of the socket as soon as there is another listener for data, which is not documented.
 *
 * @returns false where this Node does it in another way: then the parser goes on, and its requests must be ignored.
 */
export function stopParsing(socket: ServedSocket): boolean {
  if (!mayUseInternals()) return false;
  const { parser } = socket;
  if (!parser) return true;
  socket.on('data', discard);
  if (parser._consumed === true) {
    socket.off('data', discard);
    return false;
  }
  for (const listener of socket.listeners('data')) {
    if (listener !== discard) socket.off('data', listener as () => void);
  }
  // Node's listener would end the socket once more, which makes an error with a stack.
  const [atEnd] = socket.listeners('end').filter(({ name }) => name === 'bound socketOnEnd');
  if (atEnd !== undefined) socket.off('end', atEnd as () => void);
  startReading(socket);
  return true;
}

/** The parser may have paused the socket, while the stream still assumes that it is being read. */
function startReading({ _handle: handle }: ServedSocket): void {
  if (handle?.reading !== false) return;
  handle.reading = true;
  handle.readStart?.();
}

function discard(): void {}
