import type { StartResponse } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT, type Trace } from './trace.ts';

const BLOCK = new Uint8Array(64 * 1024).fill(97);

/** Applications whose clients go away. Each tells when it is where the test wants it. */
export const endings = {
  async 'waits before it answers'(_environ, startResponse, trace) {
    trace.note('waiting');
    await trace.gate('answer');
    startResponse('200 OK', TEXT);
    return [BLOCK];
  },

  async *'waits before its first block'(_environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    trace.note('waiting');
    yield* waiting(trace);
  },

  async *'waits after its first block'(_environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    yield bytes('first');
    trace.note('waiting');
    yield* waiting(trace);
  },

  async *'sends forever, asynchronously'(_environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    try {
      for (;;) yield BLOCK;
    } finally {
      trace.note('finally');
    }
  },

  *'sends forever'(_environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    try {
      for (;;) yield BLOCK;
    } finally {
      trace.note('finally');
    }
  },

  async 'writes forever'(_environ, startResponse, trace) {
    const write = startResponse('200 OK', TEXT);
    try {
      for (;;) await write(BLOCK);
    } catch (error) {
      trace.note(`write failed: ${(error as Error).name}`);
      throw error;
    }
  },

  /** Reads its body to the end, which does not come. */
  async 'reads on'(environ, startResponse, trace) {
    await environ['wsgi.input'].read(1);
    trace.note('waiting');
    try {
      await environ['wsgi.input'].read();
    } catch (error) {
      trace.note(`read failed: ${(error as Error).name}`);
      throw error;
    }
    startResponse('200 OK', TEXT);
    return [];
  },

  /** Sends back what it reads, for as long as it comes. */
  async *'reads on while it sends'(environ, startResponse: StartResponse, trace) {
    startResponse('200 OK', TEXT);
    try {
      for await (const block of environ['wsgi.input']) yield block;
    } catch (error) {
      trace.note(`read failed: ${(error as Error).name}`);
      throw error;
    }
  },
} satisfies Applications;

/** Comes to an end by no other means than that the test says so. */
async function* waiting(trace: Trace): AsyncGenerator<Uint8Array> {
  await trace.gate('go on');
  yield bytes('second');
}
