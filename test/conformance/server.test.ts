import { serve } from '../../src/servers/index.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'serve()',
  lacks: {},
  async serve(application) {
    const log = new Log();
    const server = await serve(application, { port: 0, errors: log.errors });
    return { ...server, log };
  },
});
