import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Log } from './_log.ts';
import type { Served } from './_subject.ts';

/** Lets a server of Node's listen whose application writes to `log`. */
export async function listening(server: http.Server | https.Server, log: Log): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isSecure = server instanceof https.Server;
  return {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}/`,
    port,
    isSecure,
    log,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const BEHIND_NODE = "the connections are Node's server's";
