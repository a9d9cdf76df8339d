import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Environ, StartResponse, WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { bytes } from '../driver/_transport.ts';
import { violations } from './_violations.ts';

const TEXT = [['Content-Type', 'text/plain']] as const;

type Body = (startResponse: StartResponse, environ: Environ) => unknown;

/** The rules that an application breaks, and the messages, in one string each. */
async function broken(body: Body, environ: Partial<Environ> = {}): Promise<string[]> {
  const application = (async (given: Environ, startResponse: StartResponse) =>
    body(startResponse, given)) as WSGIApplication;
  const found = await violations(application, environ);
  return found.map(({ rule, what }) => `${rule}: ${what}`);
}

interface Closable {
  close(): void;
}

function starting(
  status: string,
  headers: readonly (readonly [string, string])[],
  blocks: string[] = ['hello'],
) {
  return (startResponse: StartResponse) => {
    startResponse(status, headers);
    return blocks.map(bytes);
  };
}

test.each<[string, Body, Partial<Environ>?]>([
  ['text', starting('200 OK', TEXT)],
  [
    'a stream',
    async function* (startResponse) {
      startResponse('200 OK', TEXT);
      yield bytes('a');
    } as Body,
  ],
  [
    'Buffers',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return [Buffer.from('hello')];
    },
  ],
  ['its length', starting('200 OK', [...TEXT, ['Content-Length', '5']])],
  ['a redirect without a body or a type', starting('302 Found', [['Location', '/x']], [])],
  ['an empty block without a type', starting('200 OK', [], [''])],
  ['no content', starting('204 No Content', [], [])],
  [
    'not modified',
    starting(
      '304 Not Modified',
      [
        ['ETag', 'W/"x"'],
        ['Content-Length', '5'],
      ],
      [],
    ),
  ],
  [
    'HEAD with the length and no body',
    starting('200 OK', [...TEXT, ['Content-Length', '5']], []),
    { REQUEST_METHOD: 'HEAD' },
  ],
  ['HEAD with a body', starting('200 OK', TEXT), { REQUEST_METHOD: 'HEAD' }],
  [
    'write()',
    async (startResponse) => {
      await startResponse('200 OK', TEXT)(bytes('x'));
      return [];
    },
  ],
  [
    'a second start with the error',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      startResponse('500 Internal Server Error', TEXT, [new Error('x')]);
      return [bytes('x')];
    },
  ],
  [
    'input read to its end',
    async (startResponse, environ) => {
      await environ['wsgi.input'].read(10);
      await environ['wsgi.input'].readline();
      for await (const _block of environ['wsgi.input']);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  ['header names in any case', starting('200 OK', [['cOnTeNt-TyPe', 'text/plain']])],
])('a correct application has no violation: %s', async (_name, body, environ) => {
  expect(await broken(body, environ)).toEqual([]);
});

test.each<[string, Body, Partial<Environ>?]>([
  [
    'body-not-allowed: A 204 has no body, but the application gave a Uint8Array of 5 bytes.',
    starting('204 No Content', []),
  ],
  [
    'body-not-allowed: A 304 has no body, but the application gave a Uint8Array of 5 bytes.',
    starting('304 Not Modified', []),
  ],
  [
    'content-length: Content-Length promised 6 bytes, and the body has 5. ',
    starting('200 OK', [...TEXT, ['Content-Length', '6']]),
  ],
  [
    'content-length: Content-Length promised 4 bytes, and the body has 5 or more. ',
    starting('200 OK', [...TEXT, ['Content-Length', '4']]),
  ],
  [
    'content-length: Content-Length is a whole number of bytes, but startResponse() got "-1".',
    starting('200 OK', [...TEXT, ['Content-Length', '-1']]),
  ],
  [
    'content-length: Content-Length was given twice.',
    starting('200 OK', [...TEXT, ['Content-Length', '5'], ['content-length', '5']]),
  ],
  [
    'content-length: A 204 has no Content-Length, and this one has 0.',
    starting('204 No Content', [['Content-Length', '0']], []),
  ],
  [
    'content-type: A response with a body has a Content-Type, and this one has none. ',
    starting('200 OK', []),
  ],
  [
    'content-type: A 304 has no content, and so no Content-Type. Found "text/plain": leave it out.',
    starting('304 Not Modified', TEXT, []),
  ],
  ['content-type: Content-Type was given twice.', starting('200 OK', [...TEXT, ...TEXT])],
  [
    'etag: An ETag is in double quotes, with W/ before them when it is a weak one. Found "abc".',
    starting('200 OK', [...TEXT, ['ETag', 'abc']]),
  ],
  [
    'etag: An ETag is in double quotes, with W/ before them when it is a weak one. Found "w/\\"abc\\"".',
    starting('200 OK', [...TEXT, ['etag', 'w/"abc"']]),
  ],
  [
    'headers: A status is three digits, a space and a reason in latin-1 without control characters: "200 OK". startResponse() got the string "200".',
    starting('200', TEXT),
  ],
  [
    'headers: A status is three digits, a space and a reason in latin-1 without control characters: "200 OK". startResponse() got the number 200.',
    starting(200 as never, TEXT),
  ],
  [
    'headers: startResponse() takes the headers as an array of [name, value] pairs, and got an object of class Object.',
    starting('200 OK', { 'Content-Type': 'text/plain' } as never),
  ],
  ['headers: A header is a pair,', starting('200 OK', [['Content-Type', 'a', 'b']] as never)],
  [
    'headers: A header\'s value is a string. The header "X-Count" has the number 1 as its value.',
    starting('200 OK', [...TEXT, ['X-Count', 1 as never]]),
  ],
  [
    'headers: A header\'s value is latin-1 without control characters, so that it cannot contain another header. The header "X-Name" has the string "a\\r\\nb" as its value.',
    starting('200 OK', [...TEXT, ['X-Name', 'a\r\nb']]),
  ],
  [
    'headers: A header\'s name is made of letters, digits and hyphens, but startResponse() got the string "X Name".',
    starting('200 OK', [...TEXT, ['X Name', 'a']]),
  ],
  [
    'headers: The status is the first argument of startResponse().',
    starting('200 OK', [...TEXT, ['Status', '200']]),
  ],
  [
    'hop-by-hop: The header "Connection" belongs to the connection,',
    starting('200 OK', [...TEXT, ['Connection', 'close']]),
  ],
  [
    'hop-by-hop: The header "transfer-encoding" belongs to the connection,',
    starting('200 OK', [...TEXT, ['transfer-encoding', 'chunked']]),
  ],
  [
    'exc-info: excInfo is an array of one, [error], but startResponse() got an object of class Error.',
    (startResponse) => startResponse('500 X', TEXT, new Error('x') as never),
  ],
  [
    'start-response-arguments: startResponse() takes a status, headers and perhaps [error], and got 4 arguments.',
    (startResponse) => (startResponse as (...args: unknown[]) => unknown)('200 OK', TEXT, undefined, 1) && [],
  ],
  [
    'start-response-twice: startResponse() was called twice.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      startResponse('200 OK', TEXT);
    },
  ],
  [
    'start-response-missing: The application returned its body, but had not called startResponse(status, headers).',
    () => [bytes('x')],
  ],
  ['start-response-missing: The application returned its body', () => []],
  [
    'response-iterable: An application returns an iterable of blocks, but this one returned the string "hello" itself.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return 'hello';
    },
  ],
  [
    'response-iterable: An application returns an iterable of blocks, but this one returned a Uint8Array of 5 bytes itself.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return bytes('hello');
    },
  ],
  [
    'response-iterable: An application returns an iterable of blocks, but this one returned undefined.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
    },
  ],
  [
    'response-iterable: An application returns an iterable of blocks, but this one returned null.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return null;
    },
  ],
  [
    'response-iterable: An application returns an iterable of blocks, but this one returned an object of class Response.',
    () => new Response('x'),
  ],
  [
    'response-block: A body is made of Uint8Array blocks, but the application gave the string "hello".',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return ['hello'];
    },
  ],
  [
    'response-block: A body is made of Uint8Array blocks, but the application gave a promise.',
    (startResponse) => {
      startResponse('200 OK', TEXT);
      return [Promise.resolve()];
    },
  ],
  [
    'write: A body is made of Uint8Array blocks, but the application gave the string "x".',
    (startResponse) => {
      void startResponse('200 OK', TEXT)('x' as never);
    },
  ],
  [
    'write-while-iterating: write() was called from within the iterable.',
    (startResponse) => {
      const write = startResponse('200 OK', TEXT);
      return (async function* () {
        yield bytes('a');
        await write(bytes('b'));
      })();
    },
  ],
  [
    'input-size: wsgi.input.read() takes a whole number or nothing, and got the string "10".',
    async (startResponse, environ) => {
      await environ['wsgi.input'].read('10' as never).catch(() => {});
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'input-close: wsgi.input.close() was called.',
    (startResponse, environ) => {
      expect(() => (environ['wsgi.input'] as never as Closable).close()).toThrow(TypeError);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'errors: wsgi.errors.close() was called.',
    (startResponse, environ) => {
      expect(() => (environ['wsgi.errors'] as never as Closable).close()).toThrow(TypeError);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'errors: wsgi.errors.write() takes text, and got the number 5.',
    (startResponse, environ) => {
      environ['wsgi.errors'].write(5 as never);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'errors: wsgi.errors.write() takes text, and got a Uint8Array of 1 bytes.',
    (startResponse, environ) => {
      environ['wsgi.errors'].write(bytes('x') as never);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'errors: wsgi.errors.writelines() takes text, and got null.',
    (startResponse, environ) => {
      environ['wsgi.errors'].writelines(['a', null as never]);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  [
    'errors: wsgi.errors.writelines() takes text, and got undefined.',
    (startResponse, environ) => {
      environ['wsgi.errors'].writelines([undefined as never]);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
  ...['1st', '_x', 'X-', 'X_', '-', 'X.Y', 'X!'].map((name): [string, Body] => [
    `headers: A header's name is made of letters, digits, - and _, begins with a letter and does not end with - or _. Found "${name}".`,
    starting('200 OK', [...TEXT, [name, 'a']]),
  ]),
  ['content-type: A 204 has no content, and so no Content-Type.', starting('204 No Content', TEXT, [])],
  [
    'input-concurrent: wsgi.input was read while another read was under way.',
    async (startResponse, environ) => {
      const input = environ['wsgi.input'];
      await Promise.allSettled([input.read(), input.readline()]);
      startResponse('200 OK', TEXT);
      return [];
    },
  ],
])('%s', async (message, body, environ) => {
  const found = await broken(body, environ);
  expect(found.map((each) => each.slice(0, message.length))).toEqual([message]);
});

test('calls after the end of the response are violations', async () => {
  let write: ReturnType<StartResponse> | undefined;
  let start: StartResponse | undefined;
  let input: Environ['wsgi.input'] | undefined;
  const found = await violations((environ, startResponse) => {
    input = environ['wsgi.input'];
    start = startResponse;
    write = startResponse('200 OK', TEXT);
    return [bytes('x')];
  });
  await input!.read();
  expect(() => write!(bytes('y'))).toThrow();
  expect(() => start!('200 OK', TEXT)).toThrow();
  expect(found.map(({ rule }) => rule)).toEqual(['input-late', 'write-late', 'start-response-late']);
});

test('input that is not bytes is reported', async () => {
  const input = {
    read: async () => 'text',
    readline: async () => undefined,
    readlines() {},
    async *[Symbol.asyncIterator]() {
      yield 'text';
    },
  };
  const found = await broken(
    async (startResponse, environ) => {
      await environ['wsgi.input'].read();
      await environ['wsgi.input'].readline();
      for await (const _block of environ['wsgi.input']);
      startResponse('200 OK', TEXT);
      return [];
    },
    { 'wsgi.input': input as never },
  );
  expect(found).toEqual(
    ['the string "text"', 'undefined', 'the string "text"'].map(
      (given) => `input-type: wsgi.input gives Uint8Array blocks, and gave ${given}.`,
    ),
  );
});

/** The line of this file that has a text first. */
function lineOf(text: string): number {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n');
  return lines.findIndex((line) => line.trimStart().startsWith(text)) + 1;
}

test('the place is the call that broke the rule', async () => {
  const [violation] = await violations(function careless(_environ, startResponse) {
    startResponse('200', []);
    return [] as WSGIResponse & [];
  });
  expect(violation).toMatchObject({
    place: { name: 'careless', file: import.meta.filename, line: lineOf("startResponse('200', [])") },
  });
  expect(violation!.message).toMatch(
    /^careless \(test\/wsgi\/validate\/application\.test\.ts:\d+\): A status is/,
  );
  expect(violation!.message).toMatch(/Request: GET \/ \(PEP 3333, "The start_response\(\) Callable"\)$/);
});

test('a wrong block is reported with the place of startResponse()', async () => {
  const [violation] = await violations((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return ['x' as never];
  });
  expect(violation).toMatchObject({ rule: 'response-block', place: { file: import.meta.filename } });
});

test('each rule is reported once for a response, however many blocks it has', async () => {
  expect(await broken(starting('200 OK', [], ['a', 'b', 'c']))).toHaveLength(1);
});
