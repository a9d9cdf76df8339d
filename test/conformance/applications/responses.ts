import type { Header, StartResponse, WSGIResponse } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT } from './trace.ts';

/** What `respond` sends. */
export interface Answer {
  readonly status?: string;
  readonly headers?: readonly Header[];
  readonly blocks?: readonly string[];
  /** @default 'array' */
  readonly as?: keyof typeof BODIES;
}

const BODIES = {
  array: (blocks: Uint8Array[]): WSGIResponse => blocks,
  set: (blocks: Uint8Array[]): WSGIResponse => new Set(blocks),
  *generator(blocks: Uint8Array[]) {
    yield* blocks;
  },
  async *asyncGenerator(blocks: Uint8Array[]) {
    for (const block of blocks) {
      await Promise.resolve();
      yield block;
    }
  },
  webStream: (blocks: Uint8Array[]) =>
    new Blob(blocks as Uint8Array<ArrayBuffer>[]).stream() as unknown as WSGIResponse,
  /** Says that it has one item, and has them all. */
  liar: (blocks: Uint8Array[]) => Object.assign(blocks.values(), { length: 1, size: 1, byteLength: 1 }),
};

/** Applications whose responses are right. */
export const responses = {
  respond(_environ, startResponse, _trace, answer) {
    const { status = '200 OK', headers = TEXT, blocks = [], as = 'array' } = answer as Answer;
    startResponse(status, headers);
    return BODIES[as](blocks.map(bytes));
  },

  /** The first block, and the second when the test has seen the first. */
  async *'two blocks'(_environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    yield bytes('one ');
    await trace.gate('second');
    yield bytes('two');
  },

  *'starts late'(_environ, startResponse: StartResponse) {
    startResponse('201 Created', TEXT);
    yield bytes('made');
  },

  *'changes its mind'(_environ, startResponse: StartResponse) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    yield bytes('');
    startResponse('503 Service Unavailable', TEXT, [new Error('no database')]);
    yield bytes('sorry');
  },

  async writes(_environ, startResponse) {
    const write = startResponse('200 OK', TEXT);
    await write(bytes('written, '));
    await write(bytes(''));
    return [bytes('then '), bytes('returned')];
  },

  'wraps a file-like'(environ, startResponse, trace, length) {
    startResponse('200 OK', TEXT);
    let left = Number(length);
    const response = environ['wsgi.file_wrapper'](
      {
        read(size = left) {
          trace.note(`read(${size})`);
          const given = Math.min(left, size);
          left -= given;
          return new Uint8Array(given).fill(97);
        },
        close: () => trace.note('file closed'),
      },
      4,
    );
    trace.note('wrapped');
    return response;
  },

  /** Three layers of middleware, each of which forwards close(). */
  middleware(_environ, startResponse, trace) {
    startResponse('200 OK', TEXT);
    async function* blocks() {
      yield bytes('one ');
      await trace.gate('second');
      yield bytes('two');
    }
    const inner = Object.assign(blocks(), { close: () => trace.note('innermost closed') });
    return forwarding(forwarding(forwarding(inner)));
  },
} satisfies Applications;

function forwarding(inner: WSGIResponse): WSGIResponse {
  return {
    async *[Symbol.asyncIterator]() {
      yield* inner;
    },
    close: () => inner.close?.(),
  };
}
