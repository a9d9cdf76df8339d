import type { AddressInfo } from 'node:net';
import type { GatewayProtocolName } from '../../src/servers/gateway/gateway-options.ts';
import { createGatewayServer } from '../../src/servers/gateway/gateway-server.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { describeWith, NGINX } from '../e2e/_real-parts.ts';
import { Log } from './_log.ts';
import { type NginxModule, startNginx } from './_nginx.ts';
import type { Lacks, Served } from './_subject.ts';
import { testConformance } from './_suite.ts';

const MODULES: Readonly<Record<GatewayProtocolName, NginxModule>> = {
  fcgi: 'fastcgi',
  scgi: 'scgi',
  uwsgi: 'uwsgi',
};

/** What nginx does in its own way, whatever stands behind it. */
const LACKS: Lacks = {
  connection: "the connections are nginx's",
  interim: 'nginx keeps interim responses to itself',
  verbatim: 'nginx makes paths plain, and refuses requests by rules of its own',
  direct: 'nginx makes paths plain, and sends variables of its own',
};

/** Runs the conformance suite against a gateway server behind nginx. */
export function testBehindNginx(protocol: GatewayProtocolName, lacks: Lacks): void {
  describeWith(NGINX, (nginx) => {
    testConformance({
      name: `a ${protocol} server behind nginx`,
      lacks: { ...LACKS, ...lacks },
      serve: (application) => serveBehindNginx(nginx, protocol, lacks.unbuffered !== undefined, application),
    });
  });
}

async function serveBehindNginx(
  nginx: string,
  protocol: GatewayProtocolName,
  isBuffered: boolean,
  application: WSGIApplication,
): Promise<Served> {
  const log = new Log();
  const server = createGatewayServer(application, { protocol, errors: log.errors });
  const { port: backend } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
  const ends: (() => void | Promise<void>)[] = [() => server.close({ timeoutMs: 0 })];
  const options = { backend: `127.0.0.1:${backend}`, isBuffered };
  const port = await startNginx(nginx, MODULES[protocol], options, (end) => ends.push(end));
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  return { url: `http://127.0.0.1:${port}/`, port, log, close };
}
