import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Command, get, SITE } from './_runserver.ts';

const SHOWING = {
  ...SITE,
  'mysite/wsgi.ts': `import type { WSGIApplication } from 'startproject/wsgi';
export const application: WSGIApplication = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(\`\${environ.SERVER_NAME} \${environ.SERVER_PORT}\`)];
};
`,
};

/** Serves at an address, and gives the SERVER_NAME and SERVER_PORT of a request to another one. */
async function namesAt(addrport: string, host: string, ...args: string[]): Promise<[string, string]> {
  const command = new Command('runserver.js', [addrport, ...args], { cwd: temporaryFolder(SHOWING) });
  onTestFinished(async () => {
    await command.stop('SIGKILL');
  });
  const [, port] = await command.saw(/Development server at \S+:(\d+)/);
  const { body } = await get(`http://${host}:${port}/`);
  return [body, port!];
}

test.each([
  ['[::1]:0', '[::1]', '[::1]'],
  ['127.0.0.1:0', '127.0.0.1', '127.0.0.1'],
  ['localhost:0', 'localhost', 'localhost'],
  ['0:0', '127.0.0.1', '127.0.0.1'],
  ['[::]:0', '[::1]', '[::1]'],
  ['[::]:0', '127.0.0.1', '127.0.0.1'],
])('a site at %s that is requested at %s has the SERVER_NAME %s', async (addrport, host, name) => {
  const [shown, port] = await namesAt(addrport, host);
  expect(shown).toBe(`${name} ${port}`);
});
