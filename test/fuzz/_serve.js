// The program that the fuzzer asks when it is about serve(): it prints its address, and has short time-outs.

import { createHttpServer } from 'startproject/server';
import { application } from './_application.js';

const server = createHttpServer(application, {
  headersTimeoutMs: 5_000,
  bodyTimeoutMs: 1_000,
  writeTimeoutMs: 2_000,
  keepAliveTimeoutMs: 500,
});
globalThis.fuzzedServer = server;
const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`Serving at http://127.0.0.1:${port}/\n`);
// What waits for a request that nobody remembers keeps it from closing.
process.once('SIGTERM', () => server.close({ timeoutMs: 60_000 }).then(() => process.exit(0)));
