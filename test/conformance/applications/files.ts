import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Applications, bytes, TEXT } from './trace.ts';

/** Applications that need Node: its streams, and files whose path is the argument. */
export const files = {
  'returns a Node stream'(_environ, startResponse, trace) {
    startResponse('200 OK', TEXT);
    const stream = Readable.from([bytes('one '), bytes('two')]);
    return stream.once('close', () => trace.note('stream closed'));
  },

  'returns a Node stream that fails'(_environ, startResponse, _trace, message) {
    startResponse('200 OK', TEXT);
    return new Readable({
      read() {
        this.destroy(new Error(String(message)));
      },
    });
  },

  'wraps a file stream'(environ, startResponse, trace, path) {
    startResponse('200 OK', TEXT);
    const stream = createReadStream(String(path));
    return environ['wsgi.file_wrapper'](stream.once('close', () => trace.note('stream closed')));
  },

  /** By a file handle, whose `read()` has other arguments than a file of Python. */
  async 'wraps a file handle'(environ, startResponse, trace, path) {
    const handle = await open(String(path));
    startResponse('200 OK', [...TEXT, ['Content-Length', String((await handle.stat()).size)]]);
    return environ['wsgi.file_wrapper']({
      async read(size = 65_536) {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(size), 0, size);
        return buffer.subarray(0, bytesRead);
      },
      async close() {
        await handle.close();
        trace.note('handle closed');
      },
    });
  },
} satisfies Applications;
