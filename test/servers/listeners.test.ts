import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createHttpServer } from '../../src/servers/index.ts';

test('a server listens at several addresses, and at none once it is closed', async () => {
  const server = createHttpServer((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '2']]);
    return [Buffer.from('ok')];
  });
  const addresses = [
    await server.listen({ host: '127.0.0.1', port: 0 }),
    await server.listen({ host: '127.0.0.1', port: 0 }),
    await server.listen({ host: '127.0.0.1', port: 0 }),
  ];
  const urls = addresses.map((address) => `http://127.0.0.1:${(address as AddressInfo).port}/`);
  expect(new Set(urls).size).toBe(3);
  for (const url of urls) expect(await (await fetch(url)).text()).toBe('ok');
  await server.close();
  for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('an address that cannot be had leaves the others as they are', async () => {
  const server = createHttpServer((_environ, startResponse) => {
    startResponse('204 No Content', []);
    return [];
  });
  const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
  await expect(server.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(204);
  await server.close();
});

test('a server that has stopped to listen can listen again, and serves what it has accepted meanwhile', async () => {
  const server = createHttpServer((_environ, startResponse) => {
    startResponse('204 No Content', []);
    return [];
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const status = async (port: number, options: http.RequestOptions = {}) => {
    const [response] = await once(http.get({ host: '127.0.0.1', port, ...options }), 'response');
    await once(response.resume(), 'end');
    return response.statusCode;
  };
  try {
    const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
    expect(await status(port, { agent })).toBe(204);
    server.stopListening();
    await expect(status(port)).rejects.toThrow('ECONNREFUSED');
    expect(await status(port, { agent })).toBe(204);
    await server.listen({ host: '127.0.0.1', port });
    expect(await status(port)).toBe(204);
  } finally {
    agent.destroy();
    await server.close();
  }
});
