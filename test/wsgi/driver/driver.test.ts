import { expect, test } from 'vitest';
import { run } from '../../../src/wsgi/driver/driver.ts';
import type { StartResponse, WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, createEnviron, RecordingTransport, respond } from './_transport.ts';

const TEXT = [['Content-Type', 'text/plain']] as const;

test('an array of one block is sent at once, with its length and without a promise', () => {
  const transport = new RecordingTransport();
  const running = run(
    (_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return [bytes('hello')];
    },
    createEnviron(),
    transport,
  );
  expect(running).toBeUndefined();
  expect(transport).toMatchObject({ status: 200, reason: 'OK', calls: ['start', 'end hello'] });
  expect(transport.header('content-length')).toEqual(['5']);
});

test('the application gets the environ and startResponse, and nothing else', async () => {
  const environ = createEnviron();
  let given: unknown[] = [];
  await run(
    (...args) => {
      given = args;
      args[1]('200 OK', []);
      return [];
    },
    environ,
    new RecordingTransport(),
  );
  expect(given).toEqual([environ, expect.any(Function)]);
});

test('an application may return a promise', async () => {
  const { transport } = await respond(async (_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return [bytes('later')];
  });
  expect(transport).toMatchObject({ status: 200, body: 'later', ending: 'ended' });
});

test.each<[string, (startResponse: StartResponse) => ReturnType<WSGIApplication>]>([
  ['an array', () => [bytes('a'), bytes('b')]],
  ['a set', () => new Set([bytes('a'), bytes('b')])],
  [
    'a generator',
    function* () {
      yield bytes('a');
      yield bytes('b');
    },
  ],
  [
    'an asynchronous generator',
    async function* () {
      yield bytes('a');
      yield bytes('b');
    },
  ],
  ['a web stream', () => new Blob(['ab']).stream() as unknown as AsyncIterable<Uint8Array>],
])('the body may be %s', async (_name, makeBody) => {
  const { transport, errors } = await respond((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return makeBody(startResponse);
  });
  expect(errors).toEqual([]);
  expect(transport).toMatchObject({ body: 'ab', ending: 'ended' });
});

test('an array of several blocks gets the sum of their lengths as Content-Length', async () => {
  const { transport } = await respond((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return [bytes('two'), bytes(''), bytes('blocks')];
  });
  expect(transport.header('content-length')).toEqual(['9']);
  expect(transport.calls).toEqual(['start', 'write two', 'write blocks', 'end']);
});

test('a generator gets no Content-Length, since its length is not known', async () => {
  const { transport } = await respond(function* (_environ, startResponse) {
    startResponse('200 OK', TEXT);
    yield bytes('hello');
  } as WSGIApplication);
  expect(transport.header('content-length')).toEqual([]);
});

test('startResponse may be called inside the first iteration', async () => {
  const { transport } = await respond((_environ, startResponse) =>
    (function* () {
      startResponse('201 Created', TEXT);
      yield bytes('made');
    })(),
  );
  expect(transport).toMatchObject({ status: 201, body: 'made' });
});

test('an empty block does not send the headers, which can still be replaced after it', async () => {
  const { transport } = await respond((_environ, startResponse) =>
    (function* () {
      startResponse('200 OK', TEXT);
      yield bytes('');
      startResponse('503 Service Unavailable', TEXT, [new Error('no database')]);
      yield bytes('sorry');
    })(),
  );
  expect(transport).toMatchObject({ status: 503, body: 'sorry' });
});

test('an empty body sends the headers at its end, with the length 0', async () => {
  const { transport } = await respond((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return (function* (): Generator<Uint8Array> {})();
  });
  expect(transport.calls).toEqual(['start', 'end']);
  expect(transport.header('content-length')).toEqual(['0']);
});

test('the next block is asked for when the last one is sent, not before', async () => {
  const transport = new RecordingTransport();
  const drains: (() => void)[] = [];
  const waiting = { resolve: () => {} };
  transport.onWrite = () =>
    new Promise((resolve) => {
      drains.push(resolve);
      waiting.resolve();
    });
  const asked: number[] = [];
  const firstWrite = new Promise<void>((resolve) => {
    waiting.resolve = resolve;
  });
  const running = run(
    (_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return (function* () {
        for (const number of [1, 2]) {
          asked.push(number);
          yield bytes(String(number));
        }
      })();
    },
    createEnviron(),
    transport,
  );
  await firstWrite;
  expect(asked).toEqual([1]);
  transport.onWrite = undefined;
  drains[0]!();
  await running;
  expect(asked).toEqual([1, 2]);
});

test('HEAD gets the headers of GET and no body, and the body is not iterated', async () => {
  let iterated = false;
  const { transport } = await respond((_environ, startResponse) => {
    startResponse('200 OK', [...TEXT, ['Content-Length', '5']]);
    return {
      *[Symbol.iterator]() {
        iterated = true;
        yield bytes('hello');
      },
    };
  }, 'HEAD');
  expect(transport.calls).toEqual(['start', 'end']);
  expect(transport.header('content-length')).toEqual(['5']);
  expect(iterated).toBe(false);
});

test('HEAD gets the length of an array, which GET would get too', async () => {
  const { transport } = await respond((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return [bytes('hello')];
  }, 'HEAD');
  expect(transport.header('content-length')).toEqual(['5']);
});

test('HEAD gets no length of an empty array, which says nothing of GET', async () => {
  const { transport } = await respond((_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return [];
  }, 'HEAD');
  expect(transport.header('content-length')).toEqual([]);
});

test('HEAD iterates as far as it must where the headers come with the first block', async () => {
  const asked: number[] = [];
  const { transport } = await respond(
    (_environ, startResponse) =>
      (function* () {
        asked.push(1);
        startResponse('200 OK', TEXT);
        yield bytes('1');
        asked.push(2);
      })(),
    'HEAD',
  );
  expect(transport.calls).toEqual(['start', 'end']);
  expect(asked).toEqual([1]);
});

test('HEAD is what the client asked, even when middleware turns it into GET', async () => {
  const { transport } = await respond((environ, startResponse) => {
    environ.REQUEST_METHOD = 'GET';
    startResponse('200 OK', TEXT);
    return [bytes('hello')];
  }, 'HEAD');
  expect(transport.body).toBe('');
});

test.each(['204 No Content', '304 Not Modified', '103 Early Hints'])('%s has no body', async (status) => {
  const { transport } = await respond((_environ, startResponse) => {
    startResponse(status, []);
    return [bytes('hello')];
  });
  expect(transport.calls).toEqual(['start', 'end']);
  expect(transport.header('content-length')).toEqual([]);
});

test('204 loses a Content-Length that the application set, and 304 keeps it', async () => {
  const withLength = (status: string): WSGIApplication =>
    function application(_environ, startResponse) {
      startResponse(status, [['content-length', '5']]);
      return [];
    };
  expect((await respond(withLength('204 No Content'))).transport.headers).toEqual([]);
  expect((await respond(withLength('304 Not Modified'))).transport.header('content-length')).toEqual(['5']);
});

test('write() sends the headers and the block, then what is yielded follows', async () => {
  const { transport, errors } = await respond(async (_environ, startResponse) => {
    const write = startResponse('200 OK', TEXT);
    await write(bytes('written '));
    return [bytes('returned')];
  });
  expect(errors).toEqual([]);
  expect(transport.calls).toEqual(['start', 'write written ', 'write returned', 'end']);
  expect(transport.header('content-length')).toEqual([]);
});

test('write() waits until the client has taken the block', async () => {
  const transport = new RecordingTransport();
  const order: string[] = [];
  transport.onWrite = async () => {
    await Promise.resolve();
    order.push('drained');
  };
  await run(
    async (_environ, startResponse) => {
      const write = startResponse('200 OK', TEXT);
      await write(bytes('a'));
      order.push('after write');
      return [];
    },
    createEnviron(),
    transport,
  );
  expect(order).toEqual(['drained', 'after write']);
});

test('write() for HEAD sends the headers and drops the block', async () => {
  const { transport } = await respond(async (_environ, startResponse) => {
    await startResponse('200 OK', TEXT)(bytes('a'));
    return [];
  }, 'HEAD');
  expect(transport.calls).toEqual(['start', 'end']);
});
