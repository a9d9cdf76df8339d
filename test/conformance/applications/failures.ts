import type { Header, StartResponse, WSGIResponse } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT } from './trace.ts';

/** Applications that fail, each at its stage. The argument is the error's message, so that it can be found in the log. */
export const failures = {
  'throws when called'(_environ, _startResponse, _trace, message) {
    throw new Error(String(message));
  },

  async 'is rejected'(_environ, _startResponse, _trace, message) {
    throw new Error(String(message));
  },

  'throws after startResponse'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    throw new Error(String(message));
  },

  // biome-ignore lint/correctness/useYield: it fails before it comes to that
  *'throws before the first block'(_environ, startResponse: StartResponse, _trace, message) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    throw new Error(String(message));
  },

  async *'throws after the first block'(_environ, startResponse: StartResponse, trace, message) {
    startResponse('200 OK', TEXT);
    yield bytes('half');
    await trace.gate('fail');
    throw new Error(String(message));
  },

  'throws in close'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', TEXT);
    return Object.assign([bytes('whole')], {
      close() {
        throw new Error(String(message));
      },
    });
  },

  async 'is rejected in close'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', TEXT);
    return Object.assign([bytes('whole')], { close: () => Promise.reject(new Error(String(message))) });
  },

  'replaces its response'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    startResponse('502 Bad Gateway', TEXT, [new Error(String(message))]);
    return [bytes('sorry')];
  },

  'replaces its response wrongly'(_environ, startResponse) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    startResponse('502 Bad Gateway', TEXT, new Error('bare') as unknown as [unknown]);
    return [bytes('sorry')];
  },

  async *'replaces what is sent'(_environ, startResponse: StartResponse, trace, message) {
    startResponse('200 OK', TEXT);
    yield bytes('half');
    await trace.gate('fail');
    startResponse('502 Bad Gateway', TEXT, [new Error(String(message))]);
  },

  'starts twice'(_environ, startResponse) {
    startResponse('200 OK', [['Set-Cookie', 'stale=1']]);
    startResponse('200 OK', TEXT);
    return [];
  },

  'starts twice, wrongly at first'(_environ, startResponse, trace) {
    try {
      startResponse('OK', TEXT);
    } catch {
      trace.note('refused');
    }
    startResponse('200 OK', TEXT);
    return [];
  },

  'never starts': () => [bytes('body')],

  'starts after the first block': (_environ, startResponse) =>
    (function* () {
      yield bytes('body');
      startResponse('200 OK', TEXT);
    })(),

  /** Starts with what the argument says, which is none of what startResponse() takes. */
  'starts wrongly'(_environ, startResponse, _trace, argument) {
    const [status, headers] = argument as [string, Header[]];
    startResponse(status, headers);
    return [bytes('body')];
  },

  /** Returns what is not an iterable of blocks: the argument, or undefined in place of null. */
  'returns wrongly'(_environ, startResponse, _trace, value) {
    startResponse('200 OK', TEXT);
    return (value === 'undefined' ? undefined : value) as WSGIResponse;
  },

  'yields text'(_environ, startResponse) {
    startResponse('200 OK', TEXT);
    return ['text' as unknown as Uint8Array].values();
  },

  /** Promises a length and gives other blocks. */
  'counts wrongly'(_environ, startResponse, trace, argument) {
    const [length, blocks] = argument as [number, string[]];
    startResponse('200 OK', [...TEXT, ['Content-Length', String(length)]]);
    return (function* () {
      for (const block of blocks) {
        trace.note(`asked for ${block}`);
        yield bytes(block);
      }
    })();
  },

  async *'ends too soon'(_environ, startResponse: StartResponse, trace, length) {
    startResponse('200 OK', [...TEXT, ['Content-Length', String(length)]]);
    yield bytes('half');
    await trace.gate('end');
  },

  async 'writes too much'(_environ, startResponse) {
    const write = startResponse('200 OK', [...TEXT, ['Content-Length', '2']]);
    await write(bytes('ok'));
    await write(bytes('!'));
    return [];
  },
} satisfies Applications;
