import { describe, expect, test } from 'vitest';
import { Response as LightResponse } from '../../src/handler/http/index.ts';
import { path } from '../../src/handler/urls/index.ts';
import {
  type Answer,
  ask,
  createApplication,
  createEnviron,
  header,
  type RequestOptions,
} from './_client.ts';

async function answerOf(view: () => unknown, options: RequestOptions = {}): Promise<Answer> {
  return ask(await createApplication([path('', view as () => Response)]), '/', options);
}

function streamOf(...blocks: unknown[]): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      await new Promise(setImmediate);
      const block = blocks.shift();
      if (block === undefined) controller.close();
      else if (block instanceof Error) controller.error(block);
      else controller.enqueue(block);
    },
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('status and headers', () => {
  test.each([
    [200, '200 OK'],
    [404, '404 Not Found'],
    [418, "418 I'm a teapot"],
    [599, '599 Unknown'],
  ])('%d has its reason', async (status, line) => {
    expect((await answerOf(() => new Response('', { status }))).status).toBe(line);
  });

  test('a statusText of one’s own is kept', async () => {
    const answer = await answerOf(() => new Response('', { status: 200, statusText: 'Fine' }));
    expect(answer.status).toBe('200 Fine');
  });

  test('each cookie has a Set-Cookie of its own', async () => {
    const answer = await answerOf(() => {
      const response = new Response();
      response.headers.append('set-cookie', 'a=1; expires=Thu, 01 Jan 2026 00:00:00 GMT');
      response.headers.append('set-cookie', 'b=2');
      return response;
    });
    expect(answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual([
      'a=1; expires=Thu, 01 Jan 2026 00:00:00 GMT',
      'b=2',
    ]);
  });
});

describe('body', () => {
  test('of text has its length', async () => {
    const answer = await answerOf(() => new Response('Grüße'));
    expect(answer.body).toBe('Grüße');
    expect(header(answer, 'content-length')).toBe('7');
  });

  test.each([
    ['JSON', () => Response.json({ a: 1 }), '7'],
    ['bytes', () => new Response(bytes('abc')), '3'],
    ['a form', () => new Response(new URLSearchParams('a=1')), '3'],
    ['nothing', () => new Response(null), '0'],
    ['an empty text', () => new Response(''), '0'],
    ['300 KB', () => new Response('x'.repeat(300_000)), '300000'],
  ])('of %s has its length', async (_, view, length) => {
    expect(header(await answerOf(view), 'content-length')).toBe(length);
  });

  test('that streams has no length', async () => {
    const answer = await answerOf(() => new Response(streamOf(bytes('a'), bytes('b'))));
    expect(answer.body).toBe('ab');
    expect(header(answer, 'content-length')).toBe(undefined);
  });

  test('keeps the length that the view gives', async () => {
    const headers = { 'content-length': '2' };
    const answer = await answerOf(() => new Response(streamOf(bytes('a'), bytes('b')), { headers }));
    expect(header(answer, 'content-length')).toBe('2');
  });

  test.each([204, 304])('%d has neither length nor body', async (status) => {
    const answer = await answerOf(() => new Response(null, { status }));
    expect(answer).toMatchObject({ headers: [], body: '' });
  });

  test('HEAD has the length and no body', async () => {
    const answer = await answerOf(() => new Response('Hello'), { method: 'HEAD' });
    expect(answer.body).toBe('');
    expect(header(answer, 'content-length')).toBe('5');
  });

  test('blocks are handed on as they come', async () => {
    const application = await createApplication([
      path('', () => new Response(streamOf(bytes('a'), bytes('b')))),
    ]);
    const response = await application(createEnviron('/'), () => async () => {});
    const blocks: string[] = [];
    for await (const block of response) blocks.push(Buffer.from(block).toString());
    expect(blocks).toEqual(['a', 'b']);
  });

  test('that lacks an await is a 500 that says so', async () => {
    const body = Promise.resolve('text') as never;
    const { status, log } = await answerOf(() => new LightResponse(body));
    expect(status).toBe('500 Internal Server Error');
    expect(log).toContain('The body of a Response is a Promise. Write: new Response(await …)');
  });

  test('that fails at once is a 500', async () => {
    const answer = await answerOf(() => new Response(streamOf(new Error('no disk'))));
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain('no disk');
  });

  test('that fails later throws to the server', async () => {
    await expect(answerOf(() => new Response(streamOf(bytes('a'), new Error('no disk'))))).rejects.toThrow(
      'no disk',
    );
  });

  test('of text in a stream is refused with advice', async () => {
    const answer = await answerOf(() => new Response(streamOf('text')));
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain(
      "made of Uint8Array blocks, found 'text'. Pipe text through a TextEncoderStream",
    );
  });
});

describe('close()', () => {
  function cancellable() {
    const events: string[] = [];
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise(setImmediate);
        controller.enqueue(bytes('x'));
      },
      cancel() {
        events.push('cancelled');
      },
    });
    return { events, view: () => new Response(body) };
  }

  test('cancels a stream that is not at its end', async () => {
    const { events, view } = cancellable();
    const application = await createApplication([path('', view)]);
    const response = await application(createEnviron('/'), () => async () => {});
    await response.close?.();
    expect(events).toEqual(['cancelled']);
  });

  test('cancels it while a read waits', async () => {
    const { events, view } = cancellable();
    const application = await createApplication([path('', view)]);
    const response = await application(createEnviron('/'), () => async () => {});
    const iterator = (response as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    await response.close?.();
    expect(events).toEqual(['cancelled']);
    expect((await waiting).done).toBe(true);
  });

  test('cancels the stream of a HEAD', async () => {
    const { events, view } = cancellable();
    expect((await answerOf(view, { method: 'HEAD' })).body).toBe('');
    expect(events).toEqual(['cancelled']);
  });

  test('logs a stream that fails as it is cancelled', async () => {
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise(setImmediate);
        controller.enqueue(bytes('x'));
      },
      cancel: () => Promise.reject(new Error('stuck')),
    });
    const answer = await answerOf(() => new Response(body), { method: 'HEAD' });
    expect(answer.log).toContain('stuck');
  });
});

describe('what is not a Response', () => {
  async function homeView() {}

  test('is told with the name of the view', async () => {
    const answer = await answerOf(homeView);
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain(
      "The view homeView of path('') returned undefined, which is not a Response.",
    );
  });

  test.each([
    ['text', "returned 'Hello', which is not a Response", () => 'Hello'],
    ['an object', 'returned an object, which is not a Response', () => ({ status: 200 })],
  ])('%s', async (_, message, view) => {
    expect((await answerOf(view)).log).toContain(message);
  });

  test('a Response that was sent before', async () => {
    const response = new Response('once');
    const application = await createApplication([path('', () => response)]);
    expect((await ask(application, '/')).body).toBe('once');
    expect((await ask(application, '/')).log).toContain('returned a Response that was sent or read before.');
  });

  test('a Response of another class with that name will do', async () => {
    class OtherResponse extends Response {}
    expect((await answerOf(() => new OtherResponse('other'))).body).toBe('other');
  });
});

test('a header that the server refuses ends the request and is the server’s to answer', async () => {
  const application = await createApplication([path('', () => new Response())]);
  const refuse = () => {
    throw new Error('refused');
  };
  await expect(application(createEnviron('/'), refuse)).rejects.toThrow('refused');
});
