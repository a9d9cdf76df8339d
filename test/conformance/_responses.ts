import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { bodyOf, headersOf } from '../servers/http/_http.ts';
import type { Run } from './_running.ts';
import type { Suite } from './_suite.ts';
import type { Answer } from './applications/responses.ts';

/** What goes out. */
export function testResponses({ run, needing }: Suite): void {
  const respond = (answer: Answer, init?: RequestInit) => run('respond', answer).send(init);
  const raw = async (answer: Answer, requestLine = 'GET / HTTP/1.1') =>
    (await run('respond', answer).raw(requestLine)).untilClosed();

  test('a status, headers and a body are sent', async () => {
    const response = await respond({
      status: '404 Nothing Here',
      headers: [['X-Thing', '1']],
      blocks: ['gone'],
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-thing')).toBe('1');
    expect(await response.text()).toBe('gone');
  });

  needing('reasons')('the reason of a status is sent', async () => {
    expect((await respond({ status: '404 Nothing Here' })).statusText).toBe('Nothing Here');
  });

  for (const [what, bytes, capabilities] of [
    ['latin-1', 'caf\xe9', ['headerBytes']],
    ['UTF-8', Buffer.from('café 日本').toString('latin1'), []],
  ] as const) {
    needing(...capabilities)(`the bytes of a header in ${what} are sent as they are`, async () => {
      expect((await respond({ headers: [['X-Name', bytes]] })).headers.get('x-name')).toBe(bytes);
    });
  }

  test.each(['array', 'set', 'generator', 'asyncGenerator', 'webStream', 'liar'] as const)(
    '19. the body may be an iterable of any kind: %s',
    async (as) => {
      const response = await respond({ blocks: ['one ', '', 'two ', 'three'], as });
      expect(await response.text()).toBe('one two three');
    },
  );

  test('19. one block has its length as Content-Length, and so has an array of several', async () => {
    for (const blocks of [['hello'], ['he', 'llo']]) {
      const response = await respond({ blocks });
      expect(response.headers.get('content-length')).toBe('5');
      expect(await response.text()).toBe('hello');
    }
  });

  test('19. a Content-Length that the application set is sent', async () => {
    const response = await respond({
      headers: [['content-length', '5']],
      blocks: ['he', 'llo'],
      as: 'generator',
    });
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('hello');
  });

  test.each(['array', 'generator', 'asyncGenerator'] as const)(
    '14. headers are sent at the end of a body of no blocks: %s',
    async (as) => {
      for (const blocks of [[], ['', '']]) {
        const response = await respond({ status: '201 Created', blocks, as });
        expect([response.status, await response.text()]).toEqual([201, '']);
      }
    },
  );

  test('14. an empty block does not send the headers, which can still be replaced', async () => {
    const response = await run('changes its mind').send();
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.text()).toBe('sorry');
  });

  test('17. startResponse may be called in the first iteration', async () => {
    const response = await run('starts late').send();
    expect([response.status, await response.text()]).toEqual([201, 'made']);
  });

  test('13. what write() is given is sent before what is returned', async () => {
    expect(await run('writes').text()).toBe('written, then returned');
  });

  test('20. a block is sent before the next is asked for', async () => {
    await readsBlockByBlock(run('two blocks'));
  });

  test('many Set-Cookie headers are sent one by one, in their order', async () => {
    const cookies = Array.from({ length: 30 }, (_, i) => `c${i}=v, w`);
    const response = await respond({ headers: cookies.map((cookie) => ['Set-Cookie', cookie]) });
    expect(response.headers.getSetCookie()).toEqual(cookies);
  });

  test('a header that is sent twice arrives twice', async () => {
    const headers = [
      ['Vary', 'Cookie'],
      ['Vary', 'Accept'],
    ] as const;
    expect((await respond({ headers })).headers.get('vary')).toBe('Cookie, Accept');
  });

  test('HEAD gets the headers of GET and no body', async () => {
    for (const as of ['array', 'generator'] as const) {
      const response = await respond(
        { headers: [['Content-Length', '5']], blocks: ['hello'], as },
        { method: 'HEAD' },
      );
      expect(response.headers.get('content-length')).toBe('5');
      expect(await response.text()).toBe('');
    }
  });

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'])('%s has no body', async (status) => {
    const blocks = status.startsWith('205') ? [] : ['hello'];
    const response = await respond({ status, headers: [['X-Thing', '1']], blocks });
    expect(response.status).toBe(Number(status.slice(0, 3)));
    expect(response.headers.get('x-thing')).toBe('1');
    expect(await response.text()).toBe('');
  });

  test('35. three layers of middleware pass on each block, when it is there, and close()', async () => {
    const middleware = run('middleware');
    await readsBlockByBlock(middleware);
    const events = await middleware.saw('innermost closed');
    expect(events.slice(-2)).toEqual(['close', 'innermost closed']);
  });

  test('25. wsgi.file_wrapper sends what has read(), in blocks of the size that is asked, and closes it', async () => {
    const file = run('wraps a file-like', 10);
    expect(await file.text()).toBe('a'.repeat(10));
    expect((await file.saw('file closed')).slice(1)).toEqual([
      'wrapped',
      'returned',
      'read(4)',
      'read(4)',
      'read(4)',
      'read(4)',
      'close',
      'file closed',
    ]);
  });

  needing('node')('25. wsgi.file_wrapper sends a real file, and closes it', async () => {
    const text = 'line\n'.repeat(100_000);
    const file = path.join(temporaryFolder({ 'file.txt': text }), 'file.txt');
    for (const [how, closed] of [
      ['wraps a file stream', 'stream closed'],
      ['wraps a file handle', 'handle closed'],
    ] as const) {
      const wrapping = run(how, file);
      expect(await wrapping.text()).toBe(text);
      await wrapping.saw(closed);
    }
  });

  needing('node')('25. a file that HEAD does not read is closed too', async () => {
    const file = path.join(temporaryFolder({ 'file.txt': 'text' }), 'file.txt');
    const wrapping = run('wraps a file stream', file);
    await wrapping.send({ method: 'HEAD' });
    await wrapping.saw('stream closed');
  });

  needing('node')('a Node stream is sent and destroyed', async () => {
    const stream = run('returns a Node stream');
    expect(await stream.text()).toBe('one two');
    await stream.saw('stream closed');
  });

  needing('wire')('16. a Date is added where the application has set none', async () => {
    const dates = async (headers: Answer['headers']) =>
      headersOf(await raw({ headers })).filter((line) => /^date:/i.test(line));
    expect(await dates([])).toEqual([expect.stringMatching(/^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/)]);
    const own = 'Thu, 01 Jan 1970 00:00:00 GMT';
    expect(await dates([['date', own]])).toEqual([`date: ${own}`]);
  });

  needing('wire', 'eager')('22. a body of unknown length is chunked for HTTP/1.1', async () => {
    const response = await raw({ blocks: ['one ', 'two'], as: 'generator' });
    expect(headersOf(response)).toContain('Transfer-Encoding: chunked');
    // A web server in between may have read both blocks at once.
    expect(bodyOf(response)).toMatch(/^(?:4\r\none \r\n3\r\ntwo|7\r\none two)\r\n0\r\n\r\n$/);
  });

  needing('wire')('22. a body of unknown length ends with the connection for HTTP/1.0', async () => {
    const response = await raw({ blocks: ['one ', 'two'], as: 'generator' }, 'GET / HTTP/1.0');
    expect(headersOf(response)).not.toContain('Transfer-Encoding: chunked');
    expect(bodyOf(response)).toBe('one two');
  });

  for (const status of ['204 No Content', '304 Not Modified']) {
    needing('wire', 'keepAlive')(
      `${status} has nothing behind its headers, and the connection is kept`,
      async () => {
        const answering = run('respond', { status, blocks: ['hello'] });
        const client = await answering.raw('GET / HTTP/1.1', ['Host: x']);
        answering.sendOn(client, 'GET / HTTP/1.1', ['Host: x', 'Connection: close']);
        const response = await client.untilClosed();
        expect(response.match(/HTTP\/1\.1 [23]04/g)).toHaveLength(2);
        expect(response).not.toMatch(/hello|Content-Length|Transfer-Encoding/);
      },
    );
  }

  needing('wire', 'interim')(
    'an interim status has nothing behind its headers, and the connection is closed',
    async () => {
      const response = await raw({
        status: '103 Early Hints',
        headers: [['Link', '</a.css>']],
        blocks: ['hello'],
      });
      expect(response).toMatch(/^HTTP\/1\.1 103 Early Hints\r\n/);
      expect(headersOf(response)).toContain('Link: </a.css>');
      expect(bodyOf(response)).toBe('');
    },
  );

  needing('wire', 'keepAlive')('requests that are sent together are answered in their order', async () => {
    const answering = run('reads some', 0);
    const client = await answering.raw('GET /1 HTTP/1.1', ['Host: x']);
    answering.sendOn(client, 'GET /2 HTTP/1.1', ['Host: x']);
    answering.sendOn(client, 'GET /3 HTTP/1.1', ['Host: x', 'Connection: close']);
    expect((await client.untilClosed()).match(/<.*?>/g)).toEqual(['</1>', '</2>', '</3>']);
  });
}

/** Reads two blocks, the second of which does not come before the first is here. */
async function readsBlockByBlock(blocks: Run): Promise<void> {
  const response = await blocks.send();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe('one ');
  await blocks.open('second');
  expect((await reader.read()).value).toBe('two');
  expect((await reader.read()).done).toBe(true);
}
