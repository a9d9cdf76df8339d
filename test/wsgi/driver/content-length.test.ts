import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, respond } from './_transport.ts';

/** An application that promises a length and yields these blocks, as an array or as a generator. */
function promising(length: number, blocks: readonly string[], kind: 'array' | 'generator'): WSGIApplication {
  return function application(_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', String(length)]]);
    const body = blocks.map(bytes);
    return kind === 'array' ? body : body.values();
  };
}

test('a body of the length that was promised is sent', async () => {
  const { transport, errors } = await respond(promising(5, ['he', 'llo'], 'generator'));
  expect(transport).toMatchObject({ body: 'hello', ending: 'ended' });
  expect(errors).toEqual([]);
});

test('an array that is shorter than promised is an error page, since nothing is sent yet', async () => {
  const { transport, errors } = await respond(promising(5, ['he'], 'array'));
  expect(transport).toMatchObject({ status: 500, ending: 'ended' });
  expect(errors).toEqual([expect.stringMatching(/^Content-Length promised 5 bytes, and the body has 2\./)]);
});

test.each([
  ['an array', ['hello', '!'], 'array'],
  ['an array whose first block is too long', ['hell', 'o world', '!'], 'array'],
  ['a single block', ['hello!'], 'array'],
  ['a generator of one block', ['hello!'], 'generator'],
] as const)(
  '%s that is longer than promised is cut off at the length, and it is logged',
  async (_what, blocks, kind) => {
    const { transport, errors } = await respond(promising(5, blocks, kind));
    expect(transport).toMatchObject({ status: 200, body: 'hello', ending: 'ended' });
    expect(errors).toEqual([
      expect.stringMatching(/^Content-Length promised 5 bytes, and the body has .* or more\./),
    ]);
  },
);

test('a body where none was promised is cut off altogether', async () => {
  const { transport, errors } = await respond(promising(0, ['hello'], 'array'));
  expect(transport).toMatchObject({ status: 200, body: '', ending: 'ended' });
  expect(errors).toEqual([expect.stringContaining('promised 0 bytes, and the body has 5 or more.')]);
});

test('a generator that ends too soon has its connection closed, and it is logged', async () => {
  const { transport, errors } = await respond(promising(5, ['he'], 'generator'));
  expect(transport).toMatchObject({ status: 200, body: 'he', ending: 'aborted' });
  expect(errors).toEqual([expect.stringContaining('promised 5 bytes, and the body has 2.')]);
});

test('a generator that goes on too long is cut off at the length, and it is logged', async () => {
  const { transport, errors } = await respond(promising(5, ['he', 'llo world', 'never'], 'generator'));
  expect(transport).toMatchObject({ status: 200, body: 'hello', ending: 'ended' });
  expect(errors).toEqual([expect.stringContaining('promised 5 bytes, and the body has 11 or more.')]);
});

test('a generator that goes on too long is not asked for more', async () => {
  let asked = 0;
  await respond((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '2']]);
    return (function* () {
      for (;;) {
        asked += 1;
        yield bytes('x');
      }
    })();
  });
  expect(asked).toBe(3);
});

test('a generator runs to its end after the last byte, so that what stands there is done', async () => {
  let isDone = false;
  await respond((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '2']]);
    return (function* () {
      yield bytes('ok');
      isDone = true;
    })();
  });
  expect(isDone).toBe(true);
});

test('a body that is promised and does not come is an error page', async () => {
  const { transport } = await respond(promising(5, [], 'generator'));
  expect(transport.status).toBe(500);
});

test('write() throws for more than was promised', async () => {
  const { transport, errors } = await respond(async (_environ, startResponse) => {
    const write = startResponse('200 OK', [['Content-Length', '2']]);
    await write(bytes('ok'));
    await write(bytes('!'));
    return [];
  });
  expect(transport).toMatchObject({ body: 'ok', ending: 'ended' });
  expect(errors).toEqual([expect.stringContaining('promised 2 bytes, and the body has 3 or more.')]);
});

test.each([
  [3, 'hel'],
  [0, ''],
])(
  'write() of one block that is longer than %i sends what was promised, and throws',
  async (length, body) => {
    const { transport, errors } = await respond(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [['Content-Length', String(length)]]);
      await write(bytes('hello'));
      return [];
    });
    expect(transport).toMatchObject({ status: 200, body, ending: 'ended' });
    expect(errors).toEqual([
      expect.stringContaining(`promised ${length} bytes, and the body has 5 or more.`),
    ]);
  },
);

test('an error after the last promised byte leaves the response whole', async () => {
  const { transport, errors } = await respond((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '2']]);
    return (function* () {
      yield bytes('ok');
      throw new Error('too late to matter');
    })();
  });
  expect(transport).toMatchObject({ body: 'ok', ending: 'ended' });
  expect(errors).toEqual(['too late to matter']);
});
