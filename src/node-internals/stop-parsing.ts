import type { Socket } from 'node:net';
import { mayUseInternals } from './probe.ts';

/**
 * The members that `node:http` adds to a socket of its server, and those of its handle. They are the same in Node 20 to
 * 26.
 */
interface ServedSocket extends Socket {
  readonly parser?: { readonly _consumed?: boolean } | null;
  readonly _handle?: { reading?: boolean; readStart?(): void } | null;
}

/**
 * Detaches a socket from Node's HTTP parser, so that bytes that still arrive are discarded unparsed. Node provides this
 * only for upgrades. Undocumented: the parser releases the socket as soon as there is another listener for `data`.
 *
 * @returns false if this Node works differently: then the parser continues, and its requests must be ignored.
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
  // Node's listener would end the socket again, which creates an error with a stack.
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
