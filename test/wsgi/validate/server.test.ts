import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import type { Environ, WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { validator } from '../../../src/wsgi/validate/index.ts';
import { bytes, createEnviron } from '../driver/_transport.ts';
import { swallowing } from './_swallowing.ts';
import { timing } from './_timing.ts';

const hello: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [bytes('hello')];
};

const streaming: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return (async function* () {
    yield bytes('a');
    yield bytes('b');
  })();
};

const startResponse = () => async () => {};

/** Calls a validated application as a server does. */
function call(environ: Environ, application = hello): WSGIResponse {
  return validator(application)(environ, startResponse) as WSGIResponse;
}

test.each<[string, Record<string, unknown>]>([
  ['environ has no REQUEST_METHOD, which every request has.', { REQUEST_METHOD: '' }],
  ['environ has no SERVER_NAME, which every request has.', { SERVER_NAME: undefined }],
  ['environ has no SERVER_PORT, which every request has.', { SERVER_PORT: undefined }],
  ['environ has no QUERY_STRING. It is empty for a request without a query.', { QUERY_STRING: undefined }],
  ['REQUEST_METHOD is a word as text, but environ has the string "GET /".', { REQUEST_METHOD: 'GET /' }],
  ['SERVER_PORT is a number as text, but environ has the string "http".', { SERVER_PORT: 'http' }],
  [
    'SERVER_PROTOCOL is a version, HTTP/1.1 for one, as text, but environ has the string "1.1".',
    { SERVER_PROTOCOL: '1.1' },
  ],
  ["environ has HTTP_CONTENT_TYPE. This header's variable is CONTENT_TYPE.", { HTTP_CONTENT_TYPE: 'a' }],
  [
    "environ has HTTP_CONTENT_LENGTH. This header's variable is CONTENT_LENGTH.",
    { HTTP_CONTENT_LENGTH: '1' },
  ],
  ['CONTENT_LENGTH is a whole number of bytes, but environ has the string "-1".', { CONTENT_LENGTH: '-1' }],
  ['The CGI variable SERVER_PORT is a string, but environ has the number 80.', { SERVER_PORT: 80 }],
  ['The CGI variable HTTP_X is a string, but environ has undefined.', { HTTP_X: undefined }],
  [
    'The CGI variable PATH_INFO is latin-1, each byte one character, but environ has the string "/€".',
    { PATH_INFO: '/€' },
  ],
  ['SCRIPT_NAME is empty, or a path that starts with a slash, but environ has "/".', { SCRIPT_NAME: '/' }],
  ['SCRIPT_NAME is empty, or a path that starts with a slash, but environ has "x".', { SCRIPT_NAME: 'x' }],
  ['PATH_INFO is empty or starts with a slash, but environ has "x".', { PATH_INFO: 'x' }],
  ['PATH_INFO is empty or starts with a slash, but environ has "*".', { PATH_INFO: '*' }],
  ['SCRIPT_NAME and PATH_INFO must not both be empty.', { PATH_INFO: '' }],
  ['wsgi.version is [1, 0], but environ has the string "1.0".', { 'wsgi.version': '1.0' }],
  ['wsgi.version is [1, 0], but environ has [0,7].', { 'wsgi.version': [0, 7] }],
  ['wsgi.version is [1, 0], but environ has [1].', { 'wsgi.version': [1] }],
  ['wsgi.url_scheme is "http" or "https", but environ has the string "ftp".', { 'wsgi.url_scheme': 'ftp' }],
  ['wsgi.multithread is true or false, but environ has the number 1.', { 'wsgi.multithread': 1 }],
  [
    'wsgi.input has readline(), but the one in environ does not: an object of class Object.',
    { 'wsgi.input': { read() {} } },
  ],
  ['wsgi.errors has write(), but the one in environ does not: undefined.', { 'wsgi.errors': undefined }],
])('%s', (message, overrides) => {
  expect(() => call(createEnviron(overrides as Partial<Environ>))).toThrow(message);
});

test('an application that middleware calls with a wrong environ is reported, with the place of the middleware', () => {
  const miscounting: WSGIApplication = (environ, start) => {
    Object.assign(environ, { CONTENT_LENGTH: 5 });
    return validator(hello)(environ, start);
  };
  expect(() => call(createEnviron(), miscounting)).toThrow(
    /^miscounting \(test\/wsgi\/validate\/server\.test\.ts:\d+\): The CGI variable CONTENT_LENGTH is a string/,
  );
});

test.each<[string, unknown[]]>([
  ['1 arguments', [createEnviron()]],
  ['3 arguments', [createEnviron(), startResponse, 1]],
  ['undefined', [createEnviron(), undefined]],
])('an application called with something else than two arguments throws: %s', (found, args) => {
  expect(() => (validator(hello) as (...args: unknown[]) => unknown)(...args)).toThrow(
    `An application is called with (environ, startResponse), and nothing else. Found ${found}.`,
  );
});

test('environ is a plain object', () => {
  expect(() => call(null as never)).toThrow('environ is a plain object, but the application got null.');
});

test('what startResponse() gives is the function write()', () => {
  const validated = validator(hello) as (...args: unknown[]) => unknown;
  expect(() => validated(createEnviron(), () => undefined)).toThrow(
    'returns the function write(block), and gave undefined',
  );
});

test('close() is called once', async () => {
  const response = call(createEnviron());
  await response.close?.();
  expect(() => response.close?.()).toThrow('close() was called twice.');
});

test('no block is asked for after close()', async () => {
  const response = call(createEnviron(), streaming) as AsyncIterable<Uint8Array> & WSGIResponse;
  const iterator = response[Symbol.asyncIterator]();
  await iterator.next();
  await response.close?.();
  expect(() => iterator.next()).toThrow('A block was requested after close(),');
});

test('a block is asked for when the one before it has come', async () => {
  const response = call(createEnviron(), streaming) as AsyncIterable<Uint8Array> & WSGIResponse;
  const iterator = response[Symbol.asyncIterator]();
  const first = iterator.next();
  expect(() => iterator.next()).toThrow('A block was requested before the previous one had arrived.');
  expect(await first).toEqual({ done: false, value: bytes('a') });
});

test('a validated application can be called again with the same environ', () => {
  const environ = createEnviron();
  expect(call(environ)).toHaveLength(1);
  expect(call(environ)).toHaveLength(1);
});

test('only an application can be validated', () => {
  expect(() => validator([] as never)).toThrow(
    'validator() takes an application, and got an object of class Array.',
  );
});

test('a response that goes without being closed is reported, with the place that began it', async () => {
  const validated = validator(hello);
  const logged = new Promise<string>((resolve) => {
    const errors = { write: resolve, writelines() {}, flush() {} };
    validated(createEnviron({ 'wsgi.errors': errors }), startResponse);
  });
  // The flag is there for what is compiled after it.
  setFlagsFromString('--expose-gc');
  const collecting = setInterval(runInNewContext('gc') as () => void, 5);
  onTestFinished(() => clearInterval(collecting));
  expect(await logged).toMatch(/^hello \(test\/.*: close\(\) was never called on this response\./);
  expect(validated).toBeTypeOf('function'); // It must not be collected before its response.
});

test('by hand, a validator around each middleware names the one that swallows close() for certain', async () => {
  const inner: WSGIApplication = (_environ, start) => {
    start('200 OK', [['Content-Type', 'text/plain']]);
    return Object.assign([bytes('hello')], { close: () => {} });
  };
  const application = timing(validator(swallowing(validator(timing(validator(inner))))));
  const response = await validator(application)(createEnviron(), startResponse);
  for await (const block of response) expect(block).toEqual(bytes('hello'));
  await expect(response.close?.()).rejects.toThrow(
    /^swallowing \(.*_swallowing\.ts:7\): This middleware does not forward close\(\)\./,
  );
});
