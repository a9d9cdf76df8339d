import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { ClientErrorRecord, GatewayServerOptions } from '../../../src/servers/index.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import {
  acceptFastCgi,
  begin,
  frame,
  PARAMS,
  params,
  request,
  Signal,
  STDIN,
  serveFastCgi,
} from './_fastcgi.ts';

const echo: WSGIApplication = async (environ, startResponse) => {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(`${environ.PATH_INFO}|`), body];
};

async function serve(options: Partial<GatewayServerOptions>, application = echo) {
  const refused: ClientErrorRecord[] = [];
  const served = await serveFastCgi(application, {
    onClientError: (record) => void refused.push(record),
    ...options,
  });
  return { ...served, refused };
}

const fields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`HTTP_X_${i}`, 'x']));

test.each([
  ['a head', 431, { limitRequestHead: 2_000 }, { HTTP_X: 'x'.repeat(2_000) }],
  ['a header field', 431, { limitRequestFieldSize: 100 }, { HTTP_X: 'x'.repeat(101) }],
  ['a number of header fields', 431, { limitRequestFields: 10 }, fields(11)],
  ['a request target', 414, { limitRequestLine: 100 }, { REQUEST_URI: `/${'x'.repeat(100)}` }],
  ['a body by its CONTENT_LENGTH', 413, { limitRequestBody: 10 }, { CONTENT_LENGTH: '11' }],
])(
  '%s beyond the limit is refused with %s, and the connection goes on',
  async (_name, status, limits, variables) => {
    const { connect, refused } = await serve(limits);
    const web = await connect();
    expect((await web.ask({ variables })).stdout).toMatch(new RegExp(`^Status: ${status} `));
    expect(refused).toMatchObject([{ status }]);
    expect((await web.ask({ path: '/next' })).stdout).toContain('/next|');
  },
);

test('a head is refused as soon as it is too large, and holds no more memory than that', async () => {
  const { connect } = await serve({ limitRequestHead: 1_000 });
  const web = await connect();
  web.send(begin(1), ...Array.from({ length: 10 }, () => frame(PARAMS, 1, 'x'.repeat(101))));
  expect((await web.answer()).stdout).toMatch(/^Status: 431/);
});

test('variables beside the header fields have a limit too', async () => {
  const { connect } = await serve({ limitRequestHead: 0 });
  const web = await connect();
  const variables = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`V_${i}`, '']));
  expect((await web.ask({ variables })).stdout).toMatch(/^Status: 431/);
});

test('a body that grows beyond the limit is refused with 413', async () => {
  const { connect } = await serve({ limitRequestBody: 10 });
  const web = await connect();
  web.send(begin(1), params(1, { REQUEST_METHOD: 'POST', PATH_INFO: '/' }));
  web.send(frame(STDIN, 1, '123456'), frame(STDIN, 1, '7890'), frame(STDIN, 1, '1'));
  expect((await web.answer()).stdout).toMatch(/^Status: 413/);
});

test('variables that do not come in time are refused with 408, also while another request is answered', async () => {
  const answer = new Signal();
  const { connect, refused } = await serve({ headersTimeoutMs: 400 }, async (_environ, startResponse) => {
    await answer.given;
    startResponse('200 OK', []);
    return [Buffer.from('late')];
  });
  const web = await connect();
  web.send(request(2), begin(1), frame(PARAMS, 1, '\x01\x01AB'));
  expect((await web.answer(1)).stdout).toMatch(/^Status: 408/);
  expect(refused).toMatchObject([{ kind: 'timeout' }]);
  answer.give();
  expect((await web.answer(2)).stdout).toMatch(/late$/);
  await web.ended();
});

test('variables that do not come in time are refused with 408 on a connection that ends, too', async () => {
  const { connect, refused } = await serve({ headersTimeoutMs: 40 });
  const web = await connect();
  web.send(begin(1), begin(2, { role: 9, keep: false }));
  expect((await web.answer(1)).stdout).toMatch(/^Status: 408/);
  expect(refused).toMatchObject([{ kind: 'timeout' }]);
  await web.ended();
});

test('a connection that never brings anything is closed', async () => {
  const { connect, refused } = await serve({ headersTimeoutMs: 40 });
  await (await connect()).ended();
  expect(refused).toEqual([]);
});

test('a connection that has brought a request is kept, unless a time is set', async () => {
  const { connect } = await serve({ headersTimeoutMs: 400, keepAliveTimeoutMs: 500 });
  const web = await connect();
  await web.ask();
  await web.ended();
});

test('a request that takes longer than that time does not keep its connection for ever', async () => {
  let accepted: Socket;
  const { connect } = await acceptFastCgi(
    async (_environ, startResponse) => {
      await once(accepted, 'timeout');
      startResponse('200 OK', []);
      return [];
    },
    { keepAliveTimeoutMs: 40 },
  );
  const { web, socket } = await connect();
  accepted = socket;
  expect((await web.ask()).stdout).toMatch(/^Status: 200/);
  await web.ended();
});

test('a body that is waited for and does not come is refused with 408', async () => {
  const { connect, refused } = await serve({ bodyTimeoutMs: 40 });
  const web = await connect();
  web.send(request(1, { body: 'body' }).subarray(0, -20));
  expect((await web.answer()).stdout).toMatch(/^Status: 408/);
  expect(refused).toMatchObject([{ kind: 'timeout', status: 408 }]);
});

test('a web server that takes nothing of a response is disconnected', async () => {
  const { connect } = await acceptFastCgi(
    (_environ, startResponse) => {
      startResponse('200 OK', []);
      return [Buffer.alloc(32 * 1024 * 1024, 'x')];
    },
    { writeTimeoutMs: 60 },
  );
  const { web, socket } = await connect();
  web.socket.pause();
  web.send(request(1));
  await once(socket, 'close');
});

test('only the web servers that are named may connect', async () => {
  const other = await serve({ webServerAddresses: ['192.0.2.1'] });
  await (await other.connect()).ended();
  expect(other.refused).toMatchObject([{ status: 0, remoteAddress: '127.0.0.1' }]);
  const named = await serve({ webServerAddresses: ['192.0.2.1', '127.0.0.1'] });
  expect((await (await named.connect()).ask({ path: '/a' })).stdout).toContain('/a|');
});

test('what is written to wsgi.errors goes to the log and to the web server, up to a size', async () => {
  const log: string[] = [];
  const errors = { write: (text: string) => void log.push(text), writelines: () => {}, flush: () => {} };
  const { connect } = await serve({ errors }, (environ, startResponse) => {
    environ['wsgi.errors'].write('trouble: ü\n');
    environ['wsgi.errors'].write('x'.repeat(100_000));
    startResponse('200 OK', []);
    return [];
  });
  const { stderr } = await (await connect()).ask();
  expect(stderr).toMatch(/^trouble: ü\nx+$/);
  expect(Buffer.byteLength(stderr)).toBe(16 * 1024);
  expect(log.map(({ length }) => length)).toEqual([11, 100_000]);
});

test('what is written to wsgi.errors stays here where the web server is not to have it', async () => {
  const log: string[] = [];
  const errors = { write: (text: string) => void log.push(text), writelines: () => {}, flush: () => {} };
  const { connect } = await serve({ errors, sendErrors: false }, (environ, startResponse) => {
    environ['wsgi.errors'].write('trouble');
    startResponse('200 OK', []);
    return [];
  });
  expect(await (await connect()).ask()).toMatchObject({ stderr: '' });
  expect(log).toEqual(['trouble']);
});

test('a large response comes in records of the largest size, and is the same', async () => {
  const body = Buffer.alloc(1_000_000, 'abcdefgh1');
  const { connect } = await serve({}, (_environ, startResponse) => {
    startResponse('200 OK', [['X-Large', 'y'.repeat(70_000)]]);
    return [body];
  });
  const { stdout } = await (await connect()).ask();
  expect(stdout.endsWith(`\r\n\r\n${body}`)).toBe(true);
  expect(stdout).toContain(`X-Large: ${'y'.repeat(70_000)}\r\n`);
});
