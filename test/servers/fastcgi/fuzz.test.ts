import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { FCGI } from '../../fuzz/gateway/_fcgi.ts';
import { makeInput } from '../../fuzz/gateway/_fuzz-codec.ts';
import { serveFastCgi } from './_fastcgi.ts';

const INPUTS = 1_000;

test('records that are mutated and cut off end no server, and leave no request open', {
  timeout: 60_000,
}, async () => {
  const failures: unknown[] = [];
  const { server, port, connect } = await serveFastCgi(
    async (environ, startResponse) => {
      const body = await environ['wsgi.input'].read();
      startResponse('200 OK', []);
      return [body];
    },
    { onClientError: () => {}, onError: (error) => void failures.push(error) },
  );
  let answered = 0;
  for (let i = 0; i < INPUTS; i++) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {}); // the server may close first
    socket.on('data', ({ length }) => {
      answered += length;
    });
    for (const piece of makeInput(FCGI, 7, i).pieces) socket.write(piece);
    socket.end();
    await once(socket, 'close');
  }
  expect((await (await connect()).ask({ body: 'sound' })).stdout).toMatch(/sound$/);
  await server.close({ graceMs: 0, timeoutMs: 5_000 });
  expect(server.openRequests).toBe(0);
  expect(server.connections).toBe(0);
  expect(answered).toBeGreaterThan(10_000);
  // The only one that an application gets is that of a client that has gone.
  expect(failures.filter((error) => (error as Error).name !== 'AbortError')).toEqual([]);
});
