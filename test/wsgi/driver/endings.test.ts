import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ClientDisconnected } from '../../../src/wsgi/errors.ts';
import type { WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { bytes, RecordingTransport, runOn } from './_transport.ts';

const TEXT = [['Content-Type', 'text/plain']] as const;

interface Watched {
  readonly application: WSGIApplication;
  /** How often close() was called. */
  closes: number;
}

/** An application whose response counts its close() calls. */
function watch(makeBody: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Watched {
  const watched: Watched = {
    closes: 0,
    application(_environ, startResponse) {
      startResponse('200 OK', TEXT);
      const close = () => {
        watched.closes += 1;
      };
      return Object.assign(makeBody(), { close }) as WSGIResponse;
    },
  };
  return watched;
}

function* failsAfter(block: string): Generator<Uint8Array> {
  yield bytes(block);
  throw new Error('no database');
}

async function* hangsAfter(block: string): AsyncGenerator<Uint8Array> {
  yield bytes(block);
  await new Promise(() => {});
}

test.each<[string, () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>, string]>([
  ['an array of one block', () => [bytes('a')], 'ended'],
  ['an array of several', () => [bytes('a'), bytes('b')], 'ended'],
  ['an empty array', () => [], 'ended'],
  ['a generator', () => [bytes('a')].values(), 'ended'],
  ['an error in the iteration', () => failsAfter('a'), 'aborted'],
  ['an error in the first iteration', () => failsAfter(''), 'ended'],
  ['a block of text', () => ['text' as unknown as Uint8Array], 'ended'],
])('close() is called once for %s', async (_name, makeBody, ending) => {
  const watched = watch(makeBody);
  const transport = new RecordingTransport();
  await runOn(transport, watched.application);
  expect(watched.closes).toBe(1);
  expect(transport.ending).toBe(ending);
});

test('close() is called once for HEAD, whose body is not iterated', async () => {
  const watched = watch(() => [bytes('a')]);
  await runOn(new RecordingTransport(), watched.application, 'HEAD');
  expect(watched.closes).toBe(1);
});

test('close() is called once on what is not an iterable', async () => {
  const watched = watch(() => ({}) as Iterable<Uint8Array>);
  await runOn(new RecordingTransport(), watched.application);
  expect(watched.closes).toBe(1);
});

test('close() is called once when a write fails because the client has gone', async () => {
  const watched = watch(() => [bytes('a'), bytes('b')].values());
  const transport = new RecordingTransport();
  transport.onWrite = async () => {
    transport.disconnect();
    throw new ClientDisconnected();
  };
  const errors = await runOn(transport, watched.application);
  expect(watched.closes).toBe(1);
  expect(errors).toEqual([]);
});

test('close() is called once when the client goes while an iteration is pending, which is not waited for', async () => {
  const watched = watch(() => hangsAfter('a'));
  const transport = new RecordingTransport();
  transport.onWrite = async () => queueMicrotask(() => setImmediate(() => transport.disconnect()));
  const errors = await runOn(transport, watched.application);
  expect(watched.closes).toBe(1);
  expect(errors).toEqual([]);
});

test('close() is called once when the client has gone before the application answers', async () => {
  const watched = watch(() => [bytes('a'), bytes('b')]);
  const transport = new RecordingTransport();
  await runOn(transport, async (environ, startResponse) => {
    transport.disconnect();
    return watched.application(environ, startResponse);
  });
  expect(watched.closes).toBe(1);
  expect(transport.body).toBe('');
});

test('close() is called on the iterable, after the response has ended, and is waited for', async () => {
  const transport = new RecordingTransport();
  const body = {
    isClosed: false,
    endingAtClose: '',
    *[Symbol.iterator]() {
      yield bytes('a');
    },
    async close() {
      this.endingAtClose = transport.ending;
      await Promise.resolve();
      this.isClosed = true;
    },
  };
  await runOn(transport, (_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return body;
  });
  expect(body).toMatchObject({ isClosed: true, endingAtClose: 'ended' });
});

test.each<[string, () => void | Promise<void>]>([
  [
    'thrown',
    () => {
      throw new Error('close failed');
    },
  ],
  ['rejected', () => Promise.reject(new Error('close failed'))],
])('an error %s by close() is reported and leaves the response alone', async (_how, close) => {
  const transport = new RecordingTransport();
  const errors = await runOn(transport, (_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return Object.assign([bytes('a')], { close });
  });
  expect(errors).toEqual(['close failed']);
  expect(transport.ending).toBe('ended');
});

test('a generator that is left before its end runs its finally blocks, before close()', async () => {
  const order: string[] = [];
  const transport = new RecordingTransport();
  await runOn(transport, (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '1']]);
    const body = (async function* () {
      try {
        yield bytes('a');
        yield bytes('too much');
      } finally {
        await Promise.resolve();
        order.push('finally');
      }
    })();
    return Object.assign(body, { close: () => void order.push('close') });
  });
  expect(order).toEqual(['finally', 'close']);
});

test('an error in a finally block is reported', async () => {
  const transport = new RecordingTransport();
  transport.onWrite = async () => {
    transport.disconnect();
    throw new ClientDisconnected();
  };
  const errors = await runOn(transport, (_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return (function* () {
      try {
        yield bytes('a');
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: this is the mistake that the test is about
        throw new Error('cleaning up failed');
      }
    })();
  });
  expect(errors).toEqual(['cleaning up failed']);
});

test('a stream that HEAD does not read is cancelled, and releases its source', async () => {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    cancel() {
      isCancelled = true;
    },
  });
  await runOn(
    new RecordingTransport(),
    (_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return stream as unknown as AsyncIterable<Uint8Array>;
    },
    'HEAD',
  );
  expect(isCancelled).toBe(true);
});

test('write() is rejected when the client has gone, and not awaiting it does no harm', async () => {
  const transport = new RecordingTransport();
  let rejection: unknown;
  const errors = await runOn(transport, async (_environ, startResponse) => {
    const write = startResponse('200 OK', TEXT);
    transport.disconnect();
    void write(bytes('nobody waits for this'));
    rejection = await write(bytes('a')).catch((error: unknown) => error);
    return [];
  });
  expect(rejection).toBeInstanceOf(ClientDisconnected);
  expect(errors).toEqual([]);
});

test('an error that is not about the client is reported even when the client has gone', async () => {
  const transport = new RecordingTransport();
  const errors = await runOn(transport, async () => {
    transport.disconnect();
    throw new Error('no database');
  });
  expect(errors).toEqual(['no database']);
});

test('a stream of Node’s whose client has left is destroyed, while a block is pending', async () => {
  const stream = new PassThrough();
  stream.write('begun');
  const transport = new RecordingTransport();
  const written = new Promise<void>((resolve) => {
    transport.onWrite = async () => resolve();
  });
  const running = runOn(transport, (_environ, startResponse) => {
    startResponse('200 OK', TEXT);
    return stream;
  });
  await written;
  transport.disconnect();
  expect(await running).toEqual([]);
  expect(stream.destroyed).toBe(true);
});
