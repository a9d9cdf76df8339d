import { serve } from '../../src/servers/index.ts';
import { selfSigned } from './_certificate.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

// There is no other way to tell fetch() of Node 20 that a certificate will do. The process is this file's own.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

testConformance({
  name: 'serve() with TLS',
  lacks: {},
  async serve(application) {
    const log = new Log();
    const server = await serve(application, { port: 0, errors: log.errors, tls: selfSigned() });
    return { ...server, isSecure: true, log };
  },
});
