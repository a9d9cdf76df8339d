import { createServer } from 'node:http';
import { toNodeHandler } from '../../src/adapters/node/index.ts';
import { BEHIND_NODE, listening } from './_listening.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'toNodeHandler()',
  lacks: { connection: BEHIND_NODE },
  serve(application) {
    const log = new Log();
    return listening(createServer(toNodeHandler(application, { errors: log.errors })), log);
  },
});
