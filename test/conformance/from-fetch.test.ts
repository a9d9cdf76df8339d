import { fromFetch, toFetch } from '../../src/adapters/fetch/index.ts';
import { serve } from '../../src/servers/index.ts';
import { BEHIND_FETCH } from './_behind-fetch.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'fromFetch(toFetch()) behind serve()',
  lacks: BEHIND_FETCH,
  async serve(application) {
    const log = new Log();
    const { errors } = log;
    const server = await serve(fromFetch(toFetch(application, { errors })), { port: 0, errors });
    return { ...server, log };
  },
});
