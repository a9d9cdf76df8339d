import { chmodSync, readFileSync } from 'node:fs';
import type { AddressInfo, ListenOptions } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatewayProtocolName } from '../../src/servers/gateway/gateway-options.ts';
import { createGatewayServer } from '../../src/servers/gateway/gateway-server.ts';
import { createHttpServer } from '../../src/servers/http/http-server.ts';
import { ErrorStream } from '../../src/wsgi/environ/errors-stream.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { describeWith, NGINX } from '../e2e/_real-parts.ts';
import { type Way as GuideWay, Place, startWebServer, WEB_SERVERS } from '../e2e/_web-servers.ts';
import { compareEnvirons, type Difference } from './_environ-comparison.ts';
import { type NginxModule, startNginx } from './_nginx.ts';
import { type Way, WEB_SERVER_DIFFERENCES } from './_web-server-differences.ts';
import { REQUESTS } from './_wsgiref-requests.ts';
import { application } from './applications/index.ts';

const PROTOCOLS: Readonly<Partial<Record<GuideWay, GatewayProtocolName>>> = {
  FastCGI: 'fcgi',
  SCGI: 'scgi',
  uwsgi: 'uwsgi',
};
const QUIET = { errors: new ErrorStream(() => {}), onClientError() {} };
const ends: (() => void | Promise<void>)[] = [];

/** A server of ours for the application of the suite, by HTTP where no protocol is named. */
async function serve(protocol?: GatewayProtocolName, target: ListenOptions = { host: '127.0.0.1', port: 0 }) {
  const server =
    protocol === undefined
      ? createHttpServer(application, { ...QUIET, forwardedAllowIps: ['127.0.0.1'] })
      : createGatewayServer(application, { ...QUIET, protocol });
  ends.push(() => server.close({ timeoutMs: 0 }));
  const address = await server.listen(target);
  return (address as AddressInfo).port;
}

describe('the same request makes the same environ through each web server, but for what docs/deploy/environ.md says', () => {
  let direct: number;
  beforeAll(async () => {
    direct = await serve();
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const unused = new Set(WEB_SERVER_DIFFERENCES);
  async function notPermitted(way: Way, port: number): Promise<Difference[]> {
    const differences = await compareEnvirons(REQUESTS, { port: direct }, { port });
    expect(differences.length).toBeGreaterThan(0);
    return differences.filter((difference) => {
      const found = WEB_SERVER_DIFFERENCES.filter((each) => each.covers(difference, way));
      for (const each of found) unused.delete(each);
      return found.length === 0 && !isOfItsConnection(difference);
    });
  }

  describeWith(NGINX, (nginx) => {
    test.each<[Way, NginxModule, GatewayProtocolName?]>([
      ['nginx fastcgi_pass', 'fastcgi', 'fcgi'],
      ['nginx scgi_pass', 'scgi', 'scgi'],
      ['nginx uwsgi_pass', 'uwsgi', 'uwsgi'],
      ['nginx proxy_pass', 'proxy'],
    ])('%s', async (way, module, protocol) => {
      const backend = `127.0.0.1:${await serve(protocol)}`;
      const port = await startNginx(nginx, module, { backend, isBuffered: true }, (end) => ends.push(end));
      expect(await notPermitted(way, port)).toEqual([]);
    });

    test('each difference that nginx makes and that is permitted is there', () => {
      const ofNginx = [...unused].filter(({ ways }) => !/Apache|lighttpd|HAProxy|Caddy/.test(ways));
      expect(ofNginx.map(({ difference }) => difference)).toEqual([]);
    });
  });

  for (const server of WEB_SERVERS.filter(({ name }) => name !== 'nginx')) {
    describeWith(server.part, (program) => {
      for (const way of server.ways.filter((each) => each !== 'HTTP')) {
        test(`${server.name} ${way}`, async () => {
          const place = new Place(temporaryFolder());
          const socket = await place.fill('/run/mysite/mysite.sock');
          const target =
            way === 'FastCGI'
              ? { path: socket }
              : { host: '127.0.0.1', port: Number(await place.fill('3033')) };
          await serve(PROTOCOLS[way], target);
          if (way === 'FastCGI') chmodSync(socket, 0o777);
          const port = await startWebServer(server, program, way, place, forAnyHost);
          expect(await notPermitted(`${server.name} ${way}`, port)).toEqual([]);
        });
      }
    });
  }
});

/** Caddy's guide has a name for the site, and the requests have others. */
function forAnyHost(configuration: string): string {
  return configuration.replace('http://127.0.0.1:', 'http://:');
}

/** Each request has a connection of its own. */
function isOfItsConnection({ key }: Difference): boolean {
  return key === 'REMOTE_PORT';
}

test('docs/deploy/environ.md names each difference that is permitted, and no other', () => {
  const docs = readFileSync(new URL('../../docs/deploy/environ.md', import.meta.url), 'utf8');
  const rows = docs
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  expect(rows).toEqual(
    WEB_SERVER_DIFFERENCES.map(({ ways, difference, reason }) => `| ${ways} | ${difference} | ${reason} |`),
  );
});
