import { once } from 'node:events';
import net from 'node:net';
import type { Program } from './_program.ts';

/**
 * A port of 127.0.0.1 that nobody listens on at the moment. It is none of those that systems give to connections that go out, or
 * for port 0: another test might get such a one before it is used. Nor is it 10080, which `fetch()` refuses.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_100 + Math.floor(Math.random() * 21_900);
    const server = net.createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Resolves when the program accepts connections, and rejects with what it has said when it ends before. */
export async function untilListening(port: number, program: Program): Promise<void> {
  for (;;) {
    if (program.process.exitCode !== null) throw new Error(`The web server has ended:\n${program.output}`);
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
