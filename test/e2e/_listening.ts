import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { Program } from './_program.ts';

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
