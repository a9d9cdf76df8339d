// The program that the fuzzer asks when it is about a gateway server. It prints its address and that of the HTTP server
// which tells what is open, and has short time-outs.

import { createGatewayServer, createHttpServer } from 'startproject/server';
import { application } from '../_application.js';

const server = createGatewayServer(application, {
  protocol: process.argv[2],
  headersTimeoutMs: 1_000,
  bodyTimeoutMs: 1_000,
  writeTimeoutMs: 2_000,
  keepAliveTimeoutMs: 500,
});
globalThis.fuzzedServer = {
  get openRequests() {
    return server.openRequests + 1; // the request that asks for it is not one of them
  },
};
const counts = createHttpServer(application);
const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
const { port: countsPort } = await counts.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(
  `behind a web server at 127.0.0.1:${port}, counted at http://127.0.0.1:${countsPort}/\n`,
);
// What waits for a request that nobody remembers keeps it from closing.
process.once('SIGTERM', async () => {
  await Promise.all([server.close({ timeoutMs: 60_000 }), counts.close()]);
  process.exit(0);
});
