import { toFetch } from '../../src/adapters/fetch.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

const REASON = 'it is given a Request';

testConformance({
  name: 'toFetch()',
  lacks: { wire: REASON, keepAlive: REASON, connection: REASON },
  async serve(application) {
    const log = new Log();
    const fetch = toFetch(application, { errors: log.errors });
    return { url: 'http://testserver/', log, fetch: (request) => fetch(request), close: async () => {} };
  },
});
