import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { temporaryFolder } from '../_temp-folder.ts';
import { RawClient, untilRefused } from '../servers/http/_http.ts';
import { blockOf, filesOf, installedSite, KEY, substitute } from './_guides.ts';
import { freePort } from './_listening.ts';
import { Load } from './_load.ts';
import { run } from './_program.ts';
import { get } from './_runserver.ts';
import { Wsgi } from './_runwsgi.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const [deployment, service] = parseAllDocuments(blockOf('kubernetes', 'yaml')).map((document) => {
  expect(document.errors).toEqual([]);
  return document.toJS();
});
const { terminationGracePeriodSeconds, containers } = deployment.spec.template.spec;
const [container] = containers;

function seconds(flag: string): number {
  return Number(container.args[container.args.indexOf(flag) + 1]);
}

test('docs/deploy/kubernetes.md: each field is one of the Kubernetes API', async () => {
  const folder = temporaryFolder({
    'manifest.ts': `import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
export const deployment: Deployment = ${JSON.stringify(deployment)};
export const service: Service = ${JSON.stringify(service)};
`,
  });
  symlinkSync(`${CHECKOUT}node_modules`, `${folder}/node_modules`);
  const tsc = path.join(CHECKOUT, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--pretty', 'false'];
  expect(await run(process.execPath, [tsc, ...flags, 'manifest.ts'], folder)).toMatchObject({
    status: 0,
    stdout: '',
  });
});

test('docs/deploy/kubernetes.md: the parts of the manifest match each other', () => {
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  expect(deployment.spec.selector.matchLabels).toEqual(service.spec.selector);
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name);
  for (const probe of [container.readinessProbe.httpGet, container.livenessProbe.tcpSocket])
    expect(probe.port).toBe(container.ports[0].name);
  expect(terminationGracePeriodSeconds).toBeGreaterThan(
    seconds('--drain-delay') + seconds('--graceful-timeout'),
  );
});

const URLS = `import { Response } from 'startproject/http';
import { path } from 'startproject/urls';
export const urlpatterns = [
  path('', () => new Response('home')),
  path('read/', async (request) => {
    console.log('reading');
    return new Response(await request.text());
  }),
];
`;

/** Starts the container's command, with a shorter `--drain-delay`. */
async function startPod(): Promise<Wsgi> {
  expect(container.command).toEqual(['node', 'node_modules/.bin/runwsgi']);
  const cwd = await installedSite({ ...filesOf('runwsgi'), 'mysite/urls.ts': URLS });
  const port = await freePort();
  const words = substitute(container.args.join(' '), {
    '0.0.0.0:8000': `127.0.0.1:${port}`,
    '--drain-delay 5': '--drain-delay 2',
  });
  const values = container.env.map(({ name, value }: { name: string; value?: string }) => [name, value]);
  const env = { ...Object.fromEntries(values), ...KEY };
  return new Wsgi(words.split(' '), { cwd, bind: [], env }).started();
}

test('docs/deploy/kubernetes.md: the probes succeed, and a pod that is stopped under load loses no request', async () => {
  const pod = await startPod();
  const { path: probed, httpHeaders } = container.readinessProbe.httpGet;
  const headers = Object.fromEntries(
    httpHeaders.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  const probes = async () => {
    const socket = net.connect(pod.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    return (await get(pod.url + probed, { headers })).status;
  };
  expect(await probes()).toBe(200);
  expect((await get(pod.url + probed)).status).toBe(400);

  const load = new Load({ port: pod.port }, { keepAlive: 4, oneRequest: 2, headers });
  const inHand = await RawClient.connect(pod.port);
  inHand.send('POST /read/ HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 4\r\n\r\nab');
  await pod.saw(/^reading$/m);
  await load.more(20);
  pod.signal('SIGTERM');
  await pod.saw(/Ending/);
  await load.more(20);
  expect(await probes()).toBe(200);
  // By now Kubernetes sends it no more.
  expect((await load.end()).failures).toEqual([]);
  await untilRefused(pod.port);
  expect(await inHand.send('cd').untilClosed()).toMatch(/^HTTP\/1\.1 200 [\s\S]*abcd$/);
  expect((await pod.exit).code).toBe(0);
});
