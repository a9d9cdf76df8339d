import { expect, test } from 'vitest';
import { encodePairs, fastCgiPairReader } from '../../../src/servers/fastcgi/name-value-pairs.ts';
import type { ClientErrorRecord } from '../../../src/servers/index.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { Log } from '../../conformance/_log.ts';
import {
  begin,
  DATA,
  END,
  frame,
  GET_VALUES,
  GET_VALUES_RESULT,
  PARAMS,
  params,
  request,
  Signal,
  STDIN,
  serveFastCgi,
  UNKNOWN_TYPE,
} from './_fastcgi.ts';

const echo: WSGIApplication = async (environ, startResponse) => {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(`${environ.REQUEST_METHOD} ${environ.PATH_INFO} ${environ.HTTP_X_LONG ?? ''}|`), body];
};

async function serveWithErrors(application = echo, options = {}) {
  const refused: ClientErrorRecord[] = [];
  const onClientError = (record: ClientErrorRecord) => void refused.push(record);
  return { ...(await serveFastCgi(application, { onClientError, ...options })), refused };
}

test('a request is the same wherever its records are split', async () => {
  const { port, connect } = await serveFastCgi(echo);
  expect(port).toBeGreaterThan(0);
  const bytes = request(1, { path: '/split', body: 'body', variables: { HTTP_X_LONG: 'x'.repeat(300) } });
  const web = await connect();
  web.socket.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += 7) {
    web.send(bytes.subarray(at, at + 7));
    await new Promise(setImmediate);
  }
  expect((await web.answer()).stdout).toMatch(/POST \/split x{300}\|body$/);
});

test('a stream may come in any number of records, padded or not', async () => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  const pairs = encodePairs(
    Object.entries({ REQUEST_METHOD: 'POST', PATH_INFO: '/p', HTTP_X_LONG: 'y'.repeat(200) }),
  );
  const parts = [...pairs].map((byte, i) => frame(PARAMS, 1, byte, { padding: i % 256 }));
  const body = [...'abc'].map((byte) => frame(STDIN, 1, byte, { padding: 5 }));
  web.send(
    begin(1),
    ...parts,
    frame(PARAMS, 1, '', { padding: 8 }),
    ...body,
    frame(STDIN, 1, '', { padding: 1 }),
  );
  expect((await web.answer()).stdout).toMatch(/POST \/p y{200}\|abc$/);
});

test('requests of one connection are answered at once, each by its id', async () => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  const [first, second] = [
    request(1, { path: '/1', body: 'one' }),
    request(65_535, { path: '/2', body: 'two' }),
  ];
  // all of the first but the end of its body
  web.send(first.subarray(0, -8), second);
  expect((await web.answer(65_535)).stdout).toContain('POST /2 |two');
  web.send(first.subarray(-8));
  expect((await web.answer(1)).stdout).toContain('POST /1 |one');
});

test('FCGI_GET_VALUES says that connections are multiplexed, and what else is asked that is known', async () => {
  const { connect } = await serveFastCgi(echo, { limitConnectionRequests: 7 });
  const web = await connect();
  const names = ['FCGI_MPXS_CONNS', 'FCGI_MAX_REQS', 'FCGI_MAX_CONNS', 'FCGI_OTHER'];
  web.send(frame(GET_VALUES, 0, encodePairs(names.map((name) => [name, ''] as const))));
  const { content } = await web.saw(({ type }) => type === GET_VALUES_RESULT);
  expect(Object.fromEntries(fastCgiPairReader().read(content)!)).toEqual({
    FCGI_MPXS_CONNS: '1',
    FCGI_MAX_REQS: '7',
    FCGI_MAX_CONNS: '1024',
  });
});

test('a management record of an unknown type is answered with FCGI_UNKNOWN_TYPE', async () => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  web.send(frame(77, 0, 'what is this?'), frame(1, 0, '12345678'));
  const answers = [await web.saw(({ type }) => type === UNKNOWN_TYPE)];
  answers.push(await web.saw((record) => record.type === UNKNOWN_TYPE && record !== answers[0]));
  expect(answers.map(({ id, content }) => [id, [...content]])).toEqual([
    [0, [77, 0, 0, 0, 0, 0, 0, 0]],
    [0, [1, 0, 0, 0, 0, 0, 0, 0]],
  ]);
});

test.each([
  ['an authorizer', 2],
  ['a filter', 3],
  ['nothing known', 9],
])('the role of %s is refused, and the connection goes on', async (_name, role) => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  web.send(begin(1, { role }), params(1, { REQUEST_METHOD: 'GET' }), frame(STDIN, 1));
  expect(await web.answer()).toMatchObject({ stdout: '', protocolStatus: 3 });
  expect((await web.ask({ path: '/next' })).stdout).toContain('GET /next');
});

test('a refused role ends the connection where the web server does not keep it', async () => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  web.send(begin(1, { role: 2, keep: false }));
  expect(await web.answer()).toMatchObject({ protocolStatus: 3 });
  await web.ended();
});

test('more requests at once than the limit are refused with FCGI_OVERLOADED, and taken again when there is room', async () => {
  const { connect } = await serveFastCgi(echo, { limitConnectionRequests: 2 });
  const web = await connect();
  web.send(begin(1), begin(2), begin(3));
  expect(await web.answer(3)).toMatchObject({ stdout: '', protocolStatus: 2 });
  web.send(params(1, { REQUEST_METHOD: 'GET', PATH_INFO: '/1' }), frame(STDIN, 1));
  expect((await web.answer(1)).stdout).toContain('GET /1');
  expect((await web.ask({ path: '/3' }, 3)).stdout).toContain('GET /3');
});

test.each([
  ['FCGI_PARAMS behind its end', frame(PARAMS, 1, encodePairs([['PATH_INFO', '/other']]))],
  ['FCGI_DATA, which no responder has', frame(DATA, 1, 'data')],
  ['a type that is not known', frame(42, 1, 'data')],
  [
    'records of a request that is not open',
    Buffer.concat([frame(STDIN, 9, 'x'), frame(PARAMS, 9), frame(2, 9)]),
  ],
])('%s are ignored', async (_name, bytes) => {
  const { connect, refused } = await serveWithErrors();
  const web = await connect();
  const whole = request(1, { path: '/a', body: 'body' });
  web.send(whole.subarray(0, -8), bytes, whole.subarray(-8), bytes);
  expect((await web.answer()).stdout).toMatch(/POST \/a \|body$/);
  expect(web.records).toEqual([]);
  expect(refused).toEqual([]);
});

test('a body that is longer than its CONTENT_LENGTH ends with that, and what follows its end is ignored', async () => {
  const { connect } = await serveFastCgi(echo);
  const web = await connect();
  const variables = { REQUEST_METHOD: 'POST', PATH_INFO: '/', CONTENT_LENGTH: '3' };
  web.send(
    begin(1),
    params(1, variables),
    frame(STDIN, 1, 'abcdef'),
    frame(STDIN, 1, 'ghi'),
    frame(STDIN, 1),
    frame(STDIN, 1),
  );
  expect((await web.answer()).stdout).toMatch(/\|abc$/);
});

test('a body that is shorter than its CONTENT_LENGTH is refused with 400', async () => {
  const { connect, refused } = await serveWithErrors();
  const web = await connect();
  const variables = { REQUEST_METHOD: 'POST', PATH_INFO: '/', CONTENT_LENGTH: '5' };
  web.send(begin(1), params(1, variables), frame(STDIN, 1, 'abc'), frame(STDIN, 1));
  expect((await web.answer()).stdout).toMatch(/^Status: 400 Bad Request\r\n/);
  expect(refused).toMatchObject([{ status: 400, message: expect.stringContaining('2 bytes before') }]);
});

test.each([
  ['another version', frame(1, 1, '', { version: 2 }), /version 2 of FastCGI/],
  ['what is HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /something else than FastCGI/],
  ['FCGI_BEGIN_REQUEST that is too short', frame(1, 1, '1234567'), /has 7 bytes, not 8/],
  ['FCGI_BEGIN_REQUEST that is too long', frame(1, 1, '123456789'), /has 9 bytes, not 8/],
  [
    'the id of a request that is open',
    Buffer.concat([begin(1), begin(1)]),
    /the id 1 of a request that is open/,
  ],
  [
    'FCGI_STDIN before the variables',
    Buffer.concat([begin(1), frame(STDIN, 1, 'x')]),
    /before the end of FCGI_PARAMS/,
  ],
])('%s ends the connection with a line in the log', async (_name, bytes, message) => {
  const { connect, refused } = await serveWithErrors();
  const web = await connect();
  web.send(bytes);
  await web.ended();
  expect(refused.map((record) => record.message)).toEqual([expect.stringMatching(message)]);
});

test('a connection that is malformed ends behind the requests that have come as a whole', async () => {
  const called = new Signal();
  const answer = new Signal();
  const { connect } = await serveWithErrors(async (_environ, startResponse) => {
    called.give();
    await answer.given;
    startResponse('200 OK', []);
    return [Buffer.from('whole')];
  });
  const web = await connect();
  web.send(request(1));
  await called.given;
  web.send(begin(2), Buffer.from([9, 9, 9]));
  expect((await web.answer(2)).stdout).toMatch(/^Status: 400/);
  answer.give();
  expect((await web.answer(1)).stdout).toMatch(/whole$/);
  await web.ended();
});

test('variables that end within one are refused with 400', async () => {
  const { connect } = await serveWithErrors();
  const web = await connect();
  web.send(begin(1), frame(PARAMS, 1, '\x05\x05short'), frame(PARAMS, 1));
  expect((await web.answer()).stdout).toMatch(/^Status: 400/);
  expect((await web.ask({ path: '/next' }, 1)).stdout).toContain('GET /next');
});

test('END_REQUEST comes last, behind the ends of the streams', async () => {
  const { connect } = await serveFastCgi(
    (environ, startResponse) => {
      environ['wsgi.errors'].write('trouble\n');
      startResponse('200 OK', []);
      return [Buffer.from('a')];
    },
    { errors: new Log().errors },
  );
  const web = await connect();
  web.send(request(3));
  await web.saw(({ type }) => type === END);
  expect(web.records.map(({ type, id, content }) => [type, id, content.length > 0])).toEqual([
    [7, 3, true],
    [6, 3, true],
    [7, 3, false],
    [6, 3, false],
    [3, 3, true],
  ]);
});
