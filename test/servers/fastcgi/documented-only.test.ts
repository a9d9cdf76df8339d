import '../../conformance/_documented-only.ts';
import { expect, test } from 'vitest';
import { acceptFastCgi } from './_fastcgi.ts';

test('bodies come as they were sent where Node gives each read memory of its own', async () => {
  const { connect } = await acceptFastCgi(async (environ, startResponse) => {
    const body = await environ['wsgi.input'].read();
    startResponse('200 OK', []);
    return [body];
  });
  const { web, socket } = await connect();
  expect(socket.listenerCount('data')).toBe(1);
  for (const body of ['one', 'two'.repeat(15_000)])
    expect((await web.ask({ body })).stdout.endsWith(`\r\n\r\n${body}`)).toBe(true);
});
