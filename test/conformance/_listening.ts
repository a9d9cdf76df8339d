import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './_log.ts';
import type { Served } from './_subject.ts';

/** Serves a listener that writes to `log` by a plain `node:http` server. */
export async function listening(listener: RequestListener, log: Log): Promise<Served> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    log,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const BEHIND_NODE = "the connections are node:http's";
