import { describe, expect, test } from 'vitest';
import { type ByteSource, RequestInput } from '../../../src/wsgi/environ/input.ts';
import { ClientDisconnected } from '../../../src/wsgi/errors.ts';
import { bytes } from '../driver/_transport.ts';

/** A source that gives these blocks, and counts how often it was asked. */
function sourceOf(...blocks: string[]): ByteSource & { pulls: number } {
  const left = blocks.values();
  return {
    pulls: 0,
    async pull() {
      this.pulls += 1;
      const { value } = left.next();
      return value === undefined ? null : Buffer.from(value);
    },
  };
}

const inputOf = (...blocks: string[]) => new RequestInput(sourceOf(...blocks));
const text = (block: Uint8Array) => Buffer.from(block).toString();

describe('read()', () => {
  test.each([undefined, -1])('with the size %s reads everything', async (size) => {
    expect(text(await inputOf('one ', 'two ', 'three').read(size))).toBe('one two three');
  });

  test('with a size reads that much, over the borders of what arrives', async () => {
    const input = inputOf('ab', 'cd', 'ef');
    expect([text(await input.read(3)), text(await input.read(1)), text(await input.read(9))]).toEqual([
      'abc',
      'd',
      'ef',
    ]);
  });

  test('with the size 0 reads nothing and asks for nothing', async () => {
    const source = sourceOf('ab');
    expect(await new RequestInput(source).read(0)).toHaveLength(0);
    expect(source.pulls).toBe(0);
  });

  test('at the end gives an empty array, again and again', async () => {
    const input = inputOf('ab');
    await input.read();
    expect(await input.read()).toHaveLength(0);
    expect(await input.read(5)).toHaveLength(0);
  });

  test('asks for no more than it needs, so that the client is made to wait', async () => {
    const source = sourceOf('ab', 'cd', 'ef');
    await new RequestInput(source).read(3);
    expect(source.pulls).toBe(2);
  });

  test('gives plain arrays, whether of one block or of several', async () => {
    const input = inputOf('abc', 'd');
    for (const size of [2, 2]) expect((await input.read(size)).constructor).toBe(Uint8Array);
  });

  test.each([1.5, Number.NaN, '5'])('refuses the size %s', async (size) => {
    await expect(inputOf('ab').read(size as number)).rejects.toThrow('takes a whole number as the size');
  });

  test('is refused while another read is under way', async () => {
    const input = inputOf('ab', 'cd');
    const first = input.read();
    await expect(input.read()).rejects.toThrow('wsgi.input is being read already');
    expect(text(await first)).toBe('abcd');
    expect(await input.read()).toHaveLength(0);
  });

  test('is rejected when the client goes away in the middle', async () => {
    const input = new RequestInput({ pull: () => Promise.reject(new ClientDisconnected()) });
    await expect(input.read()).rejects.toThrow(ClientDisconnected);
    await expect(input.read()).rejects.toThrow(ClientDisconnected);
  });
});

describe('readline()', () => {
  test('gives a line with its line feed, over the borders of what arrives, and the last without', async () => {
    const input = inputOf('first\nsec', 'ond\n\nla', 'st');
    const lines: string[] = [];
    for (let line = await input.readline(); line.length > 0; line = await input.readline())
      lines.push(text(line));
    expect(lines).toEqual(['first\n', 'second\n', '\n', 'last']);
  });

  test('gives no more than its size', async () => {
    const input = inputOf('first\n', 'second\n');
    const lines = [
      text(await input.readline(3)),
      text(await input.readline(9)),
      text(await input.readline(0)),
    ];
    expect(lines).toEqual(['fir', 'st\n', '']);
  });
});

describe('readlines()', () => {
  test('gives all lines', async () => {
    expect((await inputOf('a\nb', '\nc').readlines()).map(text)).toEqual(['a\n', 'b\n', 'c']);
  });

  test('stops when the hint is reached, and takes 0 for none', async () => {
    const input = inputOf('aa\nbb\ncc\ndd\n');
    expect((await input.readlines(4)).map(text)).toEqual(['aa\n', 'bb\n']);
    expect((await input.readlines(0)).map(text)).toEqual(['cc\n', 'dd\n']);
  });
});

describe('iteration', () => {
  test('gives the blocks as they arrive, after what was read before', async () => {
    const input = inputOf('abc', 'de');
    await input.read(1);
    const blocks: string[] = [];
    for await (const block of input) blocks.push(text(block));
    expect(blocks).toEqual(['bc', 'de']);
  });

  test('may be left, and reading goes on where it stopped', async () => {
    const input = inputOf('ab', 'cd');
    for await (const block of input) {
      expect(text(block)).toBe('ab');
      break;
    }
    expect(text(await input.read())).toBe('cd');
  });
});

describe('a length', () => {
  test('bounds what is read of a source that does not end', async () => {
    const input = new RequestInput({ pull: () => bytes('abc') }, 7);
    expect(text(await input.read())).toBe('abcabca');
    expect(await input.read()).toHaveLength(0);
  });

  test('that the source falls short of means that the client broke off', async () => {
    const input = new RequestInput(sourceOf('abc'), 7);
    await expect(input.read()).rejects.toThrow('The request body ended 4 bytes before its CONTENT_LENGTH.');
  });

  test('of 0 never asks the source', async () => {
    const source = sourceOf('abc');
    expect(await new RequestInput(source, 0).read()).toHaveLength(0);
    expect(source.pulls).toBe(0);
  });
});
