import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Both ends of a connection, the second as a server has it. They go when the test ends. */
export async function connection(options: net.ServerOpts = {}): Promise<[client: Socket, socket: Socket]> {
  const server = net.createServer({ allowHalfOpen: true, ...options }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return [client, socket];
}
