import { expect, test } from 'vitest';
import { bodyOf, headersOf, untilStill } from '../servers/http/_http.ts';
import type { Suite } from './_suite.ts';

const HOST = 'Host: x';
const CLOSE = 'Connection: close';

/** What comes in by `wsgi.input`. */
export function testBodies({ run, needing }: Suite): void {
  const reads = async (body: string, ...calls: [string, number?][]): Promise<unknown> =>
    JSON.parse(await run('reads', calls).text({ method: 'POST', body }));

  test('11. a body with a length is read', async () => {
    expect(await run('echo').text({ method: 'POST', body: 'hello' })).toBe('hello');
  });

  test('11. a request without a body gives none', async () => {
    expect(await run('echo').text()).toBe('');
  });

  test('11. a body of 0 bytes gives none', async () => {
    expect(await run('echo').text({ method: 'POST', body: '' })).toBe('');
  });

  test('11. a body without a length is read', async () => {
    expect(await run('echo').text(streamed(['hello', ' ', 'world']))).toBe('hello world');
  });

  test('11. all bytes come as they are', async () => {
    const body = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
    const response = await run('echo').send({ method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  test('11. read() takes a size or reads the rest, and gives nothing at the end', async () => {
    const calls = [['read', 2], ['read', 0], ['read', -1], ['read', 5], ['read']] as [string, number?][];
    expect(await reads('hello', ...calls)).toEqual(['he', '', 'llo', '', '']);
  });

  test('11. readline() gives a line at a time, or less of it', async () => {
    const calls = [['readline'], ['readline', 2], ['readline', 9], ['readline'], ['readline']] as [
      string,
      number?,
    ][];
    expect(await reads('one\ntwo\nthree', ...calls)).toEqual(['one\n', 'tw', 'o\n', 'three', '']);
  });

  test('11. readlines() gives all lines, or so many that the hint is reached', async () => {
    expect(await reads('a\nb\nc', ['readlines', 1], ['readlines'])).toEqual([['a\n'], ['b\n', 'c']]);
  });

  test('11. iteration gives everything, in blocks of a bounded size', async () => {
    const body = 'x'.repeat(3_000_000);
    const { length, largest } = JSON.parse(await run('counts').text({ method: 'POST', body }));
    expect(length).toBe(body.length);
    expect(largest).toBeLessThanOrEqual(body.length);
  });

  needing('openBodies')('a body may be sent back while it comes', async () => {
    let sendMore = () => {};
    const more = new Promise<void>((resolve) => {
      sendMore = resolve;
    });
    const body = ReadableStream.from(
      (async function* () {
        yield new TextEncoder().encode('one ');
        await more;
        yield new TextEncoder().encode('two');
      })(),
    );
    const response = await run('streaming echo').send({
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('one ');
    sendMore();
    expect((await reader.read()).value).toBe('two');
    expect((await reader.read()).done).toBe(true);
  });

  needing('wire')('23. chunks are decoded, with their extensions and trailers left out', async () => {
    const chunks = '5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n';
    const headers = [HOST, CLOSE, 'Transfer-Encoding: chunked'];
    const client = await run('echo').raw('POST / HTTP/1.1', headers, chunks);
    expect(bodyOf(await client.untilClosed())).toBe('hello world');
  });

  needing('wire')(
    '23. 100 Continue is sent when the application reads, and then the body comes',
    async () => {
      const headers = [HOST, CLOSE, 'Content-Length: 5', 'Expect: 100-continue'];
      const client = await run('echo').raw('POST / HTTP/1.1', headers);
      expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      expect(await client.send('hello').untilClosed()).toMatch(/HTTP\/1\.1 200 OK.*hello$/s);
    },
  );

  needing('wire', 'connection')(
    '23. 100 Continue is not sent when the application does not read',
    async () => {
      const headers = [HOST, 'Content-Length: 5', 'Expect: 100-continue'];
      const client = await run('reads some', 0).raw('POST /1 HTTP/1.1', headers);
      const response = await client.untilClosed();
      expect(response).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(headersOf(response)).toContain('Connection: close');
    },
  );

  needing('wire', 'connection')('11. the input ends at Content-Length, whatever comes behind', async () => {
    const client = await run('echo').raw(
      'POST / HTTP/1.1',
      [HOST, CLOSE, 'Content-Length: 5'],
      'hello world',
    );
    expect(bodyOf(await client.untilClosed())).toBe('hello');
  });

  for (const [size, what] of [
    [0, 'nobody reads'],
    [3, 'is read in part'],
  ] as const) {
    needing('wire', 'keepAlive')(`11. a body that ${what} is not taken for the next request`, async () => {
      const body = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n\r\n`.repeat(2000);
      const answering = run('reads some', size);
      const client = await answering.raw('POST /1 HTTP/1.1', [HOST, `Content-Length: ${body.length}`], body);
      answering.sendOn(client, 'GET /2 HTTP/1.1', [HOST, CLOSE]);
      expect((await client.untilClosed()).match(/<.*?>/g)).toEqual(['</1>', '</2>']);
    });
  }

  needing('wire', 'unbuffered')('11. a client is made to wait while nobody reads', async () => {
    const slow = run('reads slowly');
    const size = 32 * 1024 * 1024;
    const client = await slow.raw('POST / HTTP/1.1', [HOST, CLOSE, `Content-Length: ${size}`]);
    client.send(new Uint8Array(size));
    // When the kernel's buffers are full, what is left stays here.
    await untilStill(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    await slow.open('read on');
    expect(bodyOf(await client.untilClosed())).toBe(String(size));
  });
}

function streamed(blocks: string[]): RequestInit {
  const body = ReadableStream.from(blocks.map((block) => new TextEncoder().encode(block)));
  return { method: 'POST', body, duplex: 'half' } as RequestInit;
}
