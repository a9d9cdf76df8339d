import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '../../src/adapters/node.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'toNodeHandler() under node:http',
  lacks: { connection: 'the connections are those of a server of Node' },
  async serve(application) {
    const log = new Log();
    const server = http.createServer(toNodeHandler(application, { errors: log.errors }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/`,
      port,
      log,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
});
