import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/servers/index.ts';
import { capture } from './http/_http.ts';

test('serve() listens, says where, and closes', async () => {
  const server = await serve(capture().application, { port: 0 });
  onTestFinished(() => server.close());
  expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
  expect(await (await fetch(server.url)).text()).toBe('ok');
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test('an IPv6 host stands in brackets in the address', async () => {
  const { application, environs } = capture();
  const server = await serve(application, { host: '::1', port: 0 });
  onTestFinished(() => server.close());
  expect(server.url).toBe(`http://[::1]:${server.port}/`);
  await fetch(server.url);
  expect(environs[0]).toMatchObject({ SERVER_NAME: '[::1]', REMOTE_ADDR: '::1' });
});

test('an IPv4 client of a server that listens on :: is known by its IPv4 address', async () => {
  const { application, environs } = capture();
  const server = await serve(application, { host: '::', port: 0 });
  onTestFinished(() => server.close());
  await fetch(`http://127.0.0.1:${server.port}/`);
  expect(environs[0]).toMatchObject({ SERVER_NAME: '127.0.0.1', REMOTE_ADDR: '127.0.0.1' });
});
