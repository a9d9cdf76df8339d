import { expect, test } from 'vitest';
import { RawClient } from '../servers/http/_http.ts';
import { runwsgi } from './_runwsgi.ts';

const WSGI = `import type { WSGIApplication } from 'startproject/wsgi';

async function* large() {
  try {
    for (;;) yield new Uint8Array(65_536);
  } finally {
    console.log('given up');
  }
}

export const application: WSGIApplication = async (environ, startResponse) => {
  await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return environ.PATH_INFO === '/large' ? large() : [];
};
`;

test('the time limits of head, body and response are those of their flags', async () => {
  const site = await runwsgi(['--headers-timeout', '2', '--body-timeout', '1', '--write-timeout', '1'], {
    files: { 'mysite/wsgi.ts': WSGI },
  });
  const [head, body, response] = await Promise.all([1, 2, 3].map(() => RawClient.connect(site.port)));
  head!.send('GET / HTTP/1.1\r\nHost:');
  body!.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab');
  response!.send('GET /large HTTP/1.1\r\nHost: x\r\n\r\n').socket.pause();
  expect(await head!.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  expect(await body!.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  await site.saw(/^given up$/m);
  expect(site.output).not.toMatch(/died/);
});
