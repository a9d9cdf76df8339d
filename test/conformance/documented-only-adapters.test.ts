import './_documented-only.ts';
import { fromNodeHandler, toNodeHandler } from '../../src/adapters/node/index.ts';
import { serve } from '../../src/servers/index.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'fromNodeHandler(toNodeHandler()) by what Node documents alone',
  lacks: { eager: 'what a handler writes at once is sent in one piece', halfOpen: 'Node drops the response' },
  async serve(application) {
    const log = new Log();
    const { errors } = log;
    const server = await serve(fromNodeHandler(toNodeHandler(application, { errors })), { port: 0, errors });
    return { ...server, log };
  },
});
