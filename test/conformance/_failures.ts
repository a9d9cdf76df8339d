import { expect, test } from 'vitest';
import { bodyOf } from '../servers/http/_http.ts';
import type { Run } from './_running.ts';
import type { Suite } from './_suite.ts';
import type { ApplicationName } from './applications/index.ts';

/** What becomes of the mistakes and errors of applications. */
export function testFailures({ run, logged, needing, has }: Suite): void {
  let errors = 0;
  /** A message that is in the log once. */
  const message = () => {
    errors += 1;
    return `the database is gone (${errors})`;
  };
  const pattern = (text: string) => new RegExp(text.replace(/[()]/g, '\\$&'));

  /** The application's own response is nowhere to be seen, and the client knows it. */
  const isServerError = async (application: ApplicationName, argument?: unknown) => {
    const response = await run(application, argument).send();
    expect(response.status).toBe(500);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.text()).not.toBe('');
  };

  test.each([
    'throws when called',
    'is rejected',
    'throws after startResponse',
    'throws before the first block',
  ] as const)(
    '24. an application that %s gets an error page in its place, and a line in the log',
    async (name) => {
      const text = message();
      await isServerError(name, text);
      await logged(pattern(text));
    },
  );

  test.each(['throws after the first block', 'replaces what is sent'] as const)(
    '15. a response that is begun breaks off so that the client can tell, where the application %s',
    async (name) => {
      const text = message();
      const failing = run(name, text);
      await (has('wire') ? breaksOffChunks(failing) : breaksOffStream(failing));
      await logged(pattern(text));
    },
  );

  test.each(['throws in close', 'is rejected in close'] as const)(
    '24. a response whose application %s is whole, and the error is in the log',
    async (name) => {
      const text = message();
      expect(await run(name, text).text()).toBe('whole');
      await logged(pattern(text));
    },
  );

  test('15. startResponse with an error replaces what is not sent yet', async () => {
    const response = await run('replaces its response', message()).send();
    expect([response.status, await response.text()]).toEqual([502, 'sorry']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('31. an error that is not in an array is refused', async () => {
    await isServerError('replaces its response wrongly');
    await logged(/excInfo is an array of one, \[error\]/);
  });

  test('15. a second startResponse without an error is an error', async () => {
    await isServerError('starts twice');
    await logged(/startResponse\(\) was called twice/);
  });

  test('15. a second startResponse is an error even where the first was refused', async () => {
    await isServerError('starts twice, wrongly at first');
  });

  test.each(['never starts', 'starts after the first block'] as const)(
    '33. a body before startResponse is an error: an application that %s',
    async (name) => {
      await isServerError(name);
      await logged(/had not called startResponse/);
    },
  );

  test.each([
    ['undefined', 'undefined'],
    ['null', null],
    ['a string', 'text'],
    ['a number', 5],
    ['an object', { body: 'text' }],
  ])('27. %s is not a response', async (_what, value) => {
    await isServerError('returns wrongly', value);
  });

  test('27. text is not a block', async () => {
    await isServerError('yields text');
    await logged(/gave the string "text"/);
  });

  test.each(['200', 'OK', '20 OK', '2000 OK', '200 OK\r\nX-Evil: 1', '200\tOK', '200 Ωk', 200])(
    '28. the status %j is refused',
    async (status) => {
      await isServerError('starts wrongly', [status, []]);
    },
  );

  test.each([
    ['no array', { 'Content-Type': 'text/plain' }],
    ['a header that is not a pair', [['Content-Type']]],
    ['a value that is not a string', [['Content-Length', 4]]],
    ['an empty name', [['', 'x']]],
    ['a name with a colon', [['X:', 'x']]],
    ['a Status', [['Status', '200 OK']]],
    ['a value that would split the response', [['X-A', 'a\r\nSet-Cookie: evil=1']]],
    ['a line feed in a value', [['X-A', 'a\nb']]],
    ['a NUL in a value', [['X-A', 'a\0b']]],
    ['a value that is not latin-1', [['X-A', '日本']]],
    ['a Content-Length that is not a number', [['Content-Length', 'x']]],
    [
      'two Content-Lengths',
      [
        ['Content-Length', '4'],
        ['content-length', '4'],
      ],
    ],
  ])('29. %s is refused', async (_what, headers) => {
    await isServerError('starts wrongly', ['200 OK', headers]);
  });

  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'TE',
    'Trailers',
    'Transfer-Encoding',
    'upgrade',
  ])('34. the hop-by-hop header %s is refused', async (name) => {
    await isServerError('starts wrongly', ['200 OK', [[name, 'x']]]);
    await logged(new RegExp(`The header "${name}" belongs to the connection`));
  });

  needing('eager')('21. a body that is too short breaks off, and it is logged', async () => {
    const answer = run('counts wrongly', [5, ['he']]).send();
    // A web server in between may find the end before it has sent the head.
    await expect(answer.then((response) => response.text())).rejects.toThrow();
    await logged(/promised 5 bytes, and the body has 2\b/);
  });

  test('21. a body that turns out too short when some of it has arrived breaks off, and it is logged', async () => {
    const ending = run('ends too soon', 9);
    const response = await ending.send();
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('half');
    await ending.open('end');
    await expect(reader.read()).rejects.toThrow();
    await logged(/promised 9 bytes, and the body has 4\b/);
  });

  test('21. a body that is too short for its first block is an error page', async () => {
    await isServerError('counts wrongly', [5, []]);
  });

  test('21. a body that is too long is cut off, no more is asked for, and it is logged', async () => {
    const counting = run('counts wrongly', [6, ['he', 'llo world', 'never']]);
    expect(await counting.text()).toBe('hello ');
    expect(await counting.saw('close')).not.toContain('asked for never');
    await logged(/promised 6 bytes, and the body has 11 or more/);
  });

  test('21. write() throws for what is too much', async () => {
    expect(await run('writes too much').text()).toBe('ok');
    await logged(/promised 2 bytes, and the body has 3 or more/);
  });

  needing('node')('24. a Node stream that fails before its first block gets an error page', async () => {
    const text = message();
    await isServerError('returns a Node stream that fails', text);
    await logged(pattern(text));
  });
}

/** Node's fetch() can't tell by the chunks whether a body is whole, where the connection is to be closed behind it. */
async function breaksOffChunks(failing: Run): Promise<void> {
  const client = await failing.raw('GET / HTTP/1.1');
  await client.until('half');
  await failing.open('fail');
  expect(bodyOf(await client.untilClosed())).toBe('4\r\nhalf\r\n');
}

async function breaksOffStream(failing: Run): Promise<void> {
  const response = await failing.send();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe('half');
  await failing.open('fail');
  await expect(reader.read()).rejects.toThrow();
}
