import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { fileWrapper } from '../../../src/wsgi/environ/file-wrapper.ts';
import type { FileLike } from '../../../src/wsgi/types.ts';
import { bytes, respond } from '../driver/_transport.ts';

/** A file in memory that notes what it was asked. */
class MemoryFile implements FileLike {
  readonly sizes: (number | undefined)[] = [];
  closes = 0;
  #left: string;

  constructor(text: string) {
    this.#left = text;
  }

  read(size = this.#left.length): Uint8Array {
    this.sizes.push(size);
    const block = bytes(this.#left.slice(0, size));
    this.#left = this.#left.slice(size);
    return block;
  }

  close(): void {
    this.closes += 1;
  }
}

async function wrap(file: Parameters<typeof fileWrapper>[0], blockSize?: number) {
  return respond((environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return environ['wsgi.file_wrapper'](file, blockSize);
  });
}

test('a file with read() is sent block by block, and closed', async () => {
  const file = new MemoryFile('hello world');
  const { transport } = await wrap(file, 4);
  expect(transport.calls).toEqual(['start', 'write hell', 'write o wo', 'write rld', 'end']);
  expect(file).toMatchObject({ sizes: [4, 4, 4, 4], closes: 1 });
});

test('a file starts where it stands', async () => {
  const file = new MemoryFile('hello world');
  file.read(6);
  expect((await wrap(file)).transport.body).toBe('world');
});

test('read() may be asynchronous and give null at the end', async () => {
  const blocks = [bytes('a'), bytes('b'), null];
  const { transport } = await wrap({ read: async () => blocks.shift() ?? null });
  expect(transport.body).toBe('ab');
});

test('a Node stream is sent and destroyed', async () => {
  const stream = Readable.from([bytes('a'), bytes('b')]);
  const { transport } = await wrap(stream);
  expect(transport.body).toBe('ab');
  expect(stream.destroyed).toBe(true);
});

test('a Node stream that HEAD does not read is destroyed too', async () => {
  const stream = Readable.from([bytes('a')]);
  await respond((_environ, startResponse) => {
    startResponse('200 OK', []);
    return fileWrapper(stream);
  }, 'HEAD');
  expect(stream.destroyed).toBe(true);
});

test('nothing is read before the wrapper is iterated', () => {
  const file = new MemoryFile('hello');
  fileWrapper(file);
  expect(file.sizes).toEqual([]);
});

test('a file that gives something else than blocks is an error that shows it, and is closed', async () => {
  const file = { closes: 0, read: () => 'text' as never, close: () => void file.closes++ };
  const { transport, errors } = await wrap(file);
  expect(transport.status).toBe(500);
  expect(errors).toEqual([expect.stringContaining('it gave the string "text"')]);
  expect(file.closes).toBe(1);
});
