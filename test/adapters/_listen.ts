import { once } from 'node:events';
import http, { type RequestListener, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A `node:http` server on a free port, which is closed when the test is over. */
export async function listen(
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<{ url: string; port: number }> {
  const server = http.createServer(options, listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}
