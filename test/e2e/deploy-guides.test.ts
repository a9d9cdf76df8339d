import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { blockOf, blocksOf, guide } from './_guides.ts';
import { freePort, untilListening } from './_listening.ts';
import { Program } from './_program.ts';
import { describeWith, NODE_24, SYSTEMD_ANALYZE, SYSTEMD_SOCKET_ACTIVATE } from './_real-parts.ts';
import { Command, get } from './_runserver.ts';
import { Wsgi } from './_runwsgi.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const HOST = { Host: 'www.example.com' };
const KEY = { SECRET_KEY: 'of-a-test-and-long-enough-to-be-one-of-production-0123456789' };

/** The files of a guide that name their paths in the first line. */
function filesOf(name: string, heading?: string): Files {
  return Object.fromEntries(
    blocksOf(name)
      .filter((block) => heading === undefined || block.heading === heading)
      .flatMap(({ text }) => {
        const file = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
        return file === undefined ? [] : [[file, text]];
      }),
  );
}

/** What `startproject mysite` makes in an empty folder, with the package where npm would put it, and these files. */
async function freshSite(files: Files = {}): Promise<string> {
  const root = temporaryFolder();
  const made = await new Command('startproject.js', ['mysite', root], { cwd: root }).exit;
  expect(made.code).toBe(0);
  mkdirSync(path.join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(PACKAGE, path.join(root, 'node_modules/startproject'));
  symlinkSync(`${PACKAGE}bin/runwsgi.js`, path.join(root, 'node_modules/.bin/runwsgi'));
  writeFiles(root, files);
  return root;
}

async function command(cwd: string, ...words: string[]) {
  const command = new Command('runwsgi.js', words, { cwd, env: KEY });
  return { code: (await command.exit).code, output: command.output };
}

test('docs/deploy/runwsgi.md', async () => {
  const port = await freePort();
  const files = filesOf('runwsgi');
  expect(Object.keys(files)).toEqual(['mysite/settings_production.ts', 'wsgi.config.ts']);
  const config = files['wsgi.config.ts']!.replace('0.0.0.0:8000', `127.0.0.1:${port}`);
  const cwd = await freshSite({ ...files, 'wsgi.config.ts': config });
  expect((await command(cwd, '--check-config')).code).toBe(0);
  const site = await new Wsgi([], { cwd, bind: [], env: KEY }).started();
  expect((await get(site.url)).status).toBe(400);
  expect((await get(site.url, { headers: HOST })).status).toBe(404); // a new site has no page yet
  expect((await command(cwd, 'status')).output).toContain(`:${port}`);
  expect((await command(cwd, 'reload')).code).toBe(0);
  expect((await command(cwd, 'stop')).code).toBe(0);
  expect((await site.exit).code).toBe(0);
});

test('docs/deploy/wsgi.md: middleware, and sites in processes of their own', async () => {
  const cwd = await freshSite(filesOf('wsgi', 'Applying middleware'));
  const site = await new Wsgi([], { cwd }).started();
  expect((await get(`${site.url}/hello`)).body).toBe('Hello, world!');
  expect((await get(`${site.url}/other`)).body).not.toContain('Hello, world!');

  const ports = { 8001: await freePort(), 8002: await freePort() };
  const config = filesOf('wsgi', 'Several sites')['wsgi.config.ts']!.replace(/8001|8002/g, (port) =>
    String(ports[port as '8001']),
  );
  const answering = (name: string) => `import { settings } from 'startproject/conf';
import { getWsgiApplication } from 'startproject/wsgi';
export const site = await getWsgiApplication();
const name = settings.NAME;
export const application = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [new TextEncoder().encode('${name} has the settings of ' + name)];
};\n`;
  const settings = (name: string) => `export const NAME = '${name}';
export const SECRET_KEY = 'test';
export const ALLOWED_HOSTS = ['127.0.0.1'];
export const WSGI_APPLICATION = '${name}.wsgi.application';
export const ROOT_URLCONF = 'mysite.urls';\n`;
  const both = await freshSite({
    'wsgi.config.ts': config,
    'blog/wsgi.ts': answering('blog'),
    'blog/settings.ts': settings('blog'),
    'shop/wsgi.ts': answering('shop'),
    'shop/settings.ts': settings('shop'),
  });
  const server = new Wsgi([], { cwd: both, bind: [] });
  for (const name of ['blog', 'shop']) {
    const [, url] = await server.saw(new RegExp(`\\[${name}\\] Serving at (\\S+)`));
    expect((await get(url!)).body).toBe(`${name} has the settings of ${name}`);
  }
  expect((await command(both, 'reload', 'shop')).code).toBe(0);
});

describeWith(NODE_24, (node) => {
  test.each(['serve.ts', 'node-server.ts'])('docs/deploy/your-own-server.md: %s', async (file) => {
    const port = await freePort();
    const text = filesOf('your-own-server')[file]!.replace('8000', String(port));
    const cwd = await freshSite({ [file]: text });
    const server = new Program(node, [file], cwd);
    await untilListening(port, server);
    expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200); // DEBUG: the welcome page
  });
});

function unit(suffix: string): string {
  return blocksOf('systemd').find(({ text }) => text.startsWith(`# /etc/systemd/system/mysite.${suffix}\n`))!
    .text;
}

describeWith(SYSTEMD_ANALYZE, (analyze) => {
  test('docs/deploy/systemd.md: the units are right', () => {
    const service = unit('service').replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
    const folder = temporaryFolder({ 'mysite.service': service, 'mysite.socket': unit('socket') });
    const units = ['service', 'socket'].map((suffix) => `${folder}/mysite.${suffix}`);
    const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...units], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('mysite'))).toEqual([]);
    expect(status).toBe(0);
  });
});

describeWith(SYSTEMD_SOCKET_ACTIVATE, (activate) => {
  test('docs/deploy/systemd.md: the command serves the socket of systemd', async () => {
    const cwd = await freshSite();
    const socketPath = path.join(cwd, 'site.sock');
    const words = /^ExecStart=(.*)$/m.exec(unit('service'))![1]!.replace('/srv/mysite', cwd).split(' ');
    const program = new Program(activate, ['-l', socketPath, process.execPath, ...words], cwd);
    await program.saw(/Listening on/);
    expect(existsSync(socketPath)).toBe(true);
    expect((await get('http://localhost/', { socketPath })).status).toBe(200);
  });
});

test('docs/deploy/docker.md: CMD serves the site, and ends with SIGTERM', async () => {
  const dockerfile = blockOf('docker', 'dockerfile');
  const [, ...words] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)![1]!) as string[];
  const port = await freePort();
  const cwd = await freshSite(filesOf('runwsgi'));
  const args = words.slice(1).map((word) => word.replace('0.0.0.0:8000', `127.0.0.1:${port}`));
  expect(words[0]).toBe('node_modules/.bin/runwsgi');
  const env = { ...KEY, DJANGO_SETTINGS_MODULE: 'mysite.settings_production' };
  const site = await new Wsgi(args, { cwd, bind: [], env }).started();
  expect((await get(site.url, { headers: HOST })).status).toBe(404);
  site.signal('SIGTERM');
  expect((await site.exit).code).toBe(0);
});

test('docs/deploy/kubernetes.md: the probe passes, and requests that come after SIGTERM are answered', async () => {
  const documents = parseAllDocuments(blockOf('kubernetes', 'yaml'));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const [deployment, service] = documents.map((document) => document.toJS());
  const { terminationGracePeriodSeconds, containers } = deployment.spec.template.spec;
  const [container] = containers;
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  expect(deployment.spec.selector.matchLabels).toEqual(service.spec.selector);
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name);
  expect(container.command).toEqual(['node', 'node_modules/.bin/runwsgi']);
  const seconds = (flag: string) => Number(container.args[container.args.indexOf(flag) + 1]);
  const longest = seconds('--drain-delay') + seconds('--graceful-timeout');
  expect(terminationGracePeriodSeconds).toBeGreaterThan(longest);

  const port = await freePort();
  const cwd = await freshSite({
    ...filesOf('runwsgi'),
    'mysite/urls.ts': `import { Response } from 'startproject/http';
import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('home'))];\n`,
  });
  const args = container.args.map((word: string) =>
    word === '5' ? '1' : word.replace('0.0.0.0:8000', `127.0.0.1:${port}`),
  );
  const env = { ...KEY, DJANGO_SETTINGS_MODULE: 'mysite.settings_production' };
  const site = await new Wsgi(args, { cwd, bind: [], env }).started();
  const { path: probed, httpHeaders } = container.readinessProbe.httpGet;
  const headers = Object.fromEntries(
    httpHeaders.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  expect((await get(site.url + probed, { headers })).status).toBe(200);
  const from = site.output.length;
  site.signal('SIGTERM');
  await site.saw(/Ending/, from);
  expect((await get(site.url + probed, { headers })).status).toBe(200);
  expect((await site.exit).code).toBe(0);
});

test('docs/deploy/README.md names each guide', () => {
  const named = [...guide('README').matchAll(/\]\((\w[\w-]*\.md)\)/g)].map(([, name]) => name);
  const files = readdirSync(new URL('../../docs/deploy', import.meta.url));
  expect([...new Set(['README.md', ...named])].sort()).toEqual(files.sort());
});
