import { expect, test } from 'vitest';
import { serveFastCgi } from '../fastcgi/_fastcgi.ts';
import { capture } from '../http/_http.ts';
import { scgiHead } from '../scgi/_scgi.ts';
import { uwsgiPacket } from '../uwsgi/_uwsgi.ts';
import { exchangeBytes, startGateway } from './_start-gateway.ts';

const variables = (method: string) =>
  [
    ['CONTENT_LENGTH', '0'],
    ['SCGI', '1'],
    ['REQUEST_METHOD', method],
    ['REQUEST_URI', '*'],
    ['SERVER_PROTOCOL', 'HTTP/1.1'],
    ['HTTP_HOST', 'x'],
  ] as const;

test.each([
  ['scgi', scgiHead],
  ['uwsgi', uwsgiPacket],
] as const)(
  'by %s, OPTIONS * is answered in the place of the application, and GET * is refused',
  async (name, encode) => {
    const { application, environs } = capture();
    const { target } = await startGateway(name, application);
    expect(await exchangeBytes(target, [encode(variables('OPTIONS'))])).toMatch(
      /^\S+ 200 OK\r\n.*\r\n\r\n$/s,
    );
    expect(await exchangeBytes(target, [encode(variables('GET'))])).toMatch(/^\S+ 400 /);
    expect(environs).toEqual([]);
  },
);

test('by fcgi, OPTIONS * is answered in the place of the application, and GET * is refused', async () => {
  const { application, environs } = capture();
  const { connect } = await serveFastCgi(application, { onClientError() {} });
  const web = await connect();
  const asterisk = { REQUEST_URI: '*', PATH_INFO: '', SCRIPT_NAME: '*' };
  const ask = (method: string) => web.ask({ variables: { ...asterisk, REQUEST_METHOD: method } });
  expect((await ask('OPTIONS')).stdout).toMatch(/^Status: 200 OK\r\n.*\r\n\r\n$/s);
  expect((await ask('GET')).stdout).toMatch(/^Status: 400 /);
  expect(environs).toEqual([]);
});
