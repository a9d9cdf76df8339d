import { expect, test } from 'vitest';
import { bodyOf } from '../servers/_http.ts';
import type { Suite } from './_suite.ts';

/** What comes in by `wsgi.input`. */
export function testBodies({ run, needing }: Suite): void {
  test('a body with a length is read', async () => {
    expect(await run('echo').text({ method: 'POST', body: 'hello' })).toBe('hello');
  });

  test('a request without a body gives none', async () => {
    expect(await run('echo').text()).toBe('');
  });

  needing('wire')('a chunked body is read, with its extensions and trailers left out', async () => {
    const chunks = '5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n';
    const headers = ['Host: x', 'Connection: close', 'Transfer-Encoding: chunked'];
    const client = await run('echo').raw('POST / HTTP/1.1', headers, chunks);
    expect(bodyOf(await client.untilClosed())).toBe('hello world');
  });
}
