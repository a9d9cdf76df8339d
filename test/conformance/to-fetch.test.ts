import { toFetch } from '../../src/adapters/fetch/index.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'toFetch()',
  lacks: {
    wire: 'it is given a Request',
    keepAlive: 'it has no connections',
    connection: 'it has no connections',
  },
  async serve(application) {
    const log = new Log();
    return {
      url: 'http://127.0.0.1:8000/',
      fetch: toFetch(application, { errors: log.errors }),
      log,
      async close() {},
    };
  },
});
