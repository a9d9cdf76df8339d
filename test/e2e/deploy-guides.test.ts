import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesOf, guide, installedSite, KEY } from './_guides.ts';
import { freePort, untilListening } from './_listening.ts';
import { Program } from './_program.ts';
import { describeWith, NODE_24 } from './_real-parts.ts';
import { Command, get } from './_runserver.ts';
import { Wsgi } from './_runwsgi.ts';

const HOST = { Host: 'www.example.com' };

async function command(cwd: string, ...words: string[]) {
  const command = new Command('runwsgi.js', words, { cwd, env: KEY });
  return { code: (await command.exit).code, output: command.output };
}

test('docs/deploy/runwsgi.md: the examples work', async () => {
  const port = await freePort();
  const files = filesOf('runwsgi');
  expect(Object.keys(files)).toEqual(['mysite/settings_production.ts', 'wsgi.config.ts']);
  const config = files['wsgi.config.ts']!.replace('0.0.0.0:8000', `127.0.0.1:${port}`);
  const cwd = await installedSite({ ...files, 'wsgi.config.ts': config });
  expect((await command(cwd, '--check-config')).code).toBe(0);
  const site = await new Wsgi([], { cwd, bind: [], env: KEY }).started();
  expect((await get(site.url)).status).toBe(400);
  expect((await get(site.url, { headers: HOST })).status).toBe(404); // a new site has no page yet
  expect((await command(cwd, 'status')).output).toContain(`:${port}`);
  expect((await command(cwd, 'reload')).code).toBe(0);
  expect((await command(cwd, 'stop')).code).toBe(0);
  expect((await site.exit).code).toBe(0);
});

test('docs/deploy/wsgi.md: the middleware works, and each site has its own process', async () => {
  const cwd = await installedSite(filesOf('wsgi', 'Applying middleware'));
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
  const both = await installedSite({
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
  test.each(['serve.ts', 'node-server.ts'])(
    'docs/deploy/your-own-server.md: %s serves the site',
    async (file) => {
      const port = await freePort();
      const text = filesOf('your-own-server')[file]!.replace('8000', String(port));
      const cwd = await installedSite({ [file]: text });
      const server = new Program(node, [file], cwd);
      await untilListening(port, server);
      expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200); // DEBUG: the welcome page
    },
  );
});

test('docs/deploy/README.md links to each guide', () => {
  const named = [...guide('README').matchAll(/\]\((\w[\w-]*\.md)\)/g)].map(([, name]) => name);
  const files = readdirSync(new URL('../../docs/deploy', import.meta.url));
  expect([...new Set(['README.md', ...named])].sort()).toEqual(files.sort());
});
