import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/servers/index.ts';
import type { Environ, WSGIApplication } from '../../src/wsgi/types.ts';
import { selfSigned } from '../conformance/_certificate.ts';
import { freePort } from './_listening.ts';
import { haproxy, type ProxyKind, startProxy } from './_proxies.ts';
import { describeWith, HAPROXY } from './_real-parts.ts';

/** HAProxy that passes connections or requests on, with these options for its server. */
function sending(mode: 'tcp' | 'http', options: string): ProxyKind {
  return {
    ...haproxy,
    configure: (...args) =>
      haproxy
        .configure(...args)
        .replace('mode http', `mode ${mode}`)
        .replace(/http-reuse always\n|retry-on .*\n/g, '\n')
        .replace(/pool-purge-delay \w+/g, options),
  };
}

/** HAProxy that has the certificate, and tells the server that clients come by TLS. */
function takingTlsOff(tlsPort: number): ProxyKind {
  const passing = sending('tcp', 'send-proxy-v2-ssl');
  return {
    ...passing,
    configure(port, backends, folder) {
      const { cert, key } = selfSigned();
      writeFileSync(`${folder}/site.pem`, cert + key);
      const bind = `bind 127.0.0.1:${port}`;
      const plain = passing.configure(port, backends, folder);
      return plain.replace(bind, `${bind}\n  bind 127.0.0.1:${tlsPort} ssl crt ${folder}/site.pem`);
    },
  };
}

describeWith(HAPROXY, (file) => {
  test('the scheme is https when HAProxy terminates TLS', async () => {
    const schemes: string[] = [];
    const application: WSGIApplication = (environ, startResponse) => {
      schemes.push(environ['wsgi.url_scheme']);
      startResponse('200 OK', [['Content-Length', '0']]);
      return [];
    };
    const server = await serve(application, { port: 0, proxyProtocol: 'v2' });
    onTestFinished(() => server.close({ timeoutMs: 0 }));
    const port = await freePort();
    await startProxy(file, takingTlsOff(port), [server.port]);
    await once(https.get({ port, rejectUnauthorized: false, agent: false }), 'response');
    expect([schemes[0], schemes.at(-1)]).toEqual(['http', 'https']);
  });

  test.each([
    ['v1', 'tcp', 'send-proxy', false],
    ['v2', 'tcp', 'send-proxy-v2', false],
    ['v2', 'tcp', 'send-proxy-v2 check inter 50ms', false],
    ['auto', 'tcp', 'send-proxy-v2-ssl proxy-v2-options crc32c,unique-id', false],
    ['v1', 'http', 'send-proxy ssl verify none', true],
    ['v2', 'http', 'send-proxy-v2 ssl verify none check', true],
  ] as const)(
    'with %s in mode %s and %s, requests have the address of their client',
    async (proxyProtocol, mode, options, isSecure) => {
      const environs: Environ[] = [];
      const application: WSGIApplication = (environ, startResponse) => {
        environs.push(environ);
        startResponse('200 OK', [['Content-Length', '0']]);
        return [];
      };
      const refused: string[] = [];
      const server = await serve(application, {
        port: 0,
        proxyProtocol,
        tls: isSecure ? selfSigned() : undefined,
        onClientError: ({ message }) => refused.push(message),
      });
      onTestFinished(() => server.close({ timeoutMs: 0 }));
      const port = await startProxy(file, sending(mode, options), [server.port]);
      environs.splice(0);
      for (let i = 0; i < 3; i++) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
      expect(environs.length).toBeGreaterThanOrEqual(3);
      for (const environ of environs) {
        expect(environ).toMatchObject({
          REMOTE_ADDR: '127.0.0.1',
          SERVER_PORT: String(port), // of the proxy, to which the client has connected
          'wsgi.url_scheme': isSecure ? 'https' : 'http',
        });
      }
      expect(refused).toEqual([]);
    },
  );
});
