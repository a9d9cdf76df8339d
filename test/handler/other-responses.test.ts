import { Readable } from 'node:stream';
import { H3 } from 'h3';
import { describe, expect, test } from 'vitest';
import { fromFetch } from '../../src/adapters/fetch/index.ts';
import { path } from '../../src/handler/urls/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { type Answer, ask, createApplication, header } from './_client.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Headers that keep the case of their names, as those of graphql-yoga do, and join cookies, as those of node-fetch. */
class OtherHeaders {
  readonly #values: Readonly<Record<string, readonly string[]>>;

  constructor(values: Readonly<Record<string, readonly string[]>>) {
    this.#values = values;
  }

  *[Symbol.iterator]() {
    for (const [name, values] of Object.entries(this.#values)) yield [name, values.join(', ')];
  }

  raw() {
    const entries = Object.entries(this.#values).map(([name, values]) => [name.toLowerCase(), values]);
    return Object.fromEntries(entries) as Record<string, readonly string[]>;
  }
}

/** A Response that has nothing but its name in common with the runtime's. */
class OtherResponse {
  readonly status = 201;
  readonly statusText = 'Made';
  readonly headers = new OtherHeaders({
    'Content-Type': ['text/plain'],
    Connection: ['keep-alive, X-Hop'],
    'Keep-Alive': ['timeout=5'],
    'X-Hop': ['1'],
    'Set-Cookie': ['a=1', 'b=2'],
  });
  readonly body: unknown;
  bodyUsed = false;

  constructor(body: unknown) {
    this.body = body;
  }
}

type Handler = () => unknown;

const SERVED: readonly (readonly [string, (handler: Handler) => Promise<WSGIApplication>])[] = [
  ['from a view', (handler) => createApplication([path('', handler as () => Response)])],
  ['by fromFetch()', async (handler) => fromFetch(handler as () => Response)],
];

describe.each(SERVED)('%s', (_, serve) => {
  const answerOf = async (handler: Handler): Promise<Answer> => ask(await serve(handler), '/');

  test.each([
    ['a stream of Node’s', () => Readable.from([bytes('o'), bytes('ther')])],
    ['a web stream', () => new Blob(['other']).stream()],
  ])('a response of another class with %s is sent by what it says', async (_, body) => {
    const answer = await answerOf(() => new OtherResponse(body()));
    expect(answer).toMatchObject({ status: '201 Made', body: 'other' });
    expect(answer.headers.filter(([name]) => name !== 'content-length')).toEqual([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
  });

  test('a response of another class may have no body', async () => {
    expect(await answerOf(() => new OtherResponse(null))).toMatchObject({ status: '201 Made', body: '' });
  });

  test('a response of h3’s own class is sent', async () => {
    const app = new H3();
    app.get('/', ({ res }) => {
      res.headers.set('x-from', 'h3');
      return { made: 'by h3' };
    });
    const answer = await answerOf(() => app.fetch(new Request('http://localhost/')));
    expect(answer).toMatchObject({ status: '200 OK', body: '{"made":"by h3"}' });
    expect(header(answer, 'x-from')).toBe('h3');
  });

  test('headers of a connection are left out of any response, in any case', async () => {
    const headers = {
      Connection: 'Keep-Alive, x-hop',
      'X-Hop': '1',
      'Transfer-Encoding': 'chunked',
      'x-end': '2',
    };
    const answer = await answerOf(() => new Response('text', { headers }));
    expect(answer.headers.map(([name]) => name)).toEqual(['content-type', 'x-end', 'content-length']);
  });
});

describe('a view', () => {
  const logOf = async (value: unknown) => (await ask(await SERVED[0]![1](() => value), '/')).log;

  test('that returns a response of another class twice is told so', async () => {
    const response = Object.assign(new OtherResponse(Readable.from([])), { bodyUsed: true });
    expect(await logOf(response)).toContain('was sent or read before');
  });

  test.each([{ status: 200, body: 'text' }, { status: 200, headers: {}, data: {} }, { body: null }])(
    'that returns %j is told that it is not a Response',
    async (value) => {
      expect(await logOf(value)).toContain('which is not a Response');
    },
  );
});
