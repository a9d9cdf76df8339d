import './_documented-only.ts';
import { fromNodeHandler, toNodeHandler } from '../../src/adapters/node/index.ts';
import { serve } from '../../src/servers/index.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'a bridged handler by what Node documents alone',
  lacks: {
    eager: 'what a handler writes at once is sent in one piece',
    halfOpen: 'Node drops the response',
    interim: 'a client of Node waits for the response behind an interim one',
  },
  async serve(application) {
    const log = new Log();
    const { errors } = log;
    const served = fromNodeHandler(toNodeHandler(application, { errors }));
    // A response that is counted is not delegated to the server's own.
    const server = await serve(served, { port: 0, errors, onResponse() {} });
    return { ...server, log };
  },
});
