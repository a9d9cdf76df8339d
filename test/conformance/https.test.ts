import https from 'node:https';
import { toNodeHandler } from '../../src/adapters/node/index.ts';
import { selfSigned } from './_certificate.ts';
import { BEHIND_NODE, listening } from './_listening.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

// There is no other way to tell fetch() of Node 20 that a certificate will do. The process is this file's own.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

testConformance({
  name: 'toNodeHandler() behind node:https',
  lacks: { connection: BEHIND_NODE },
  serve(application) {
    const log = new Log();
    const listener = toNodeHandler(application, { errors: log.errors });
    return listening(https.createServer(selfSigned(), listener), log);
  },
});
