import { expect, test } from 'vitest';
import { path } from '../../src/handler/urls/index.ts';
import { exchange, startServer } from '../servers/http/_http.ts';
import { createApplication } from './_client.ts';

const HOST = 'http://testserver';

/** Where the redirect to the path with a slash at its end leads, as a browser understands it. */
async function redirectOf(target: string): Promise<URL | undefined> {
  const view = () => new Response('page');
  const application = await createApplication([path('<path:rest>/', view)]);
  const { port } = await startServer(application);
  const request = `GET ${target} HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n`;
  const location = /^location: (.*)\r$/im.exec(await exchange(port, request))?.[1];
  return location === undefined ? undefined : new URL(location, HOST);
}

test.each([
  '//evil.com',
  '///evil.com',
  '/\\evil.com',
  '/\\/evil.com',
  '//\\evil.com',
  '/%2Fevil.com',
  '/%2f%2fevil.com',
  '/%5Cevil.com',
  '/%5c%5cevil.com',
  '/%09/evil.com',
  '/.//evil.com',
  '/x/..//evil.com',
  '/%2e/%2fevil.com',
  '//evil.com?next=//evil.com',
  'http://testserver//evil.com',
])('%s is not redirected to another host', async (target) => {
  const location = await redirectOf(target);
  expect(location?.origin).toBe(HOST);
});
