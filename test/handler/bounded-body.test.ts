import { describe, expect, onTestFinished, test } from 'vitest';
import type { Middleware } from '../../src/handler/index.ts';
import { gotRequestException } from '../../src/handler/signals.ts';
import { path } from '../../src/handler/urls/index.ts';
import type { Environ } from '../../src/wsgi/types.ts';
import { type Answer, ask, createApplication } from './_client.ts';

const LIMIT = 1000;
const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'].filter(
  (name) => name in Request.prototype,
);
const URLENCODED = 'application/x-www-form-urlencoded';

type Read = (request: Request) => unknown;
const reading = (name: string) => (request: Request) =>
  (request as never as Record<string, () => unknown>)[name]!();

/** A body of so many bytes that each method can read. */
function bodyOf(bytes: number, name: string): string {
  return name === 'json' ? `"${'x'.repeat(bytes - 2)}"` : `a=${'x'.repeat(bytes - 2)}`;
}

async function post(
  read: Read,
  body: string,
  { environ = {}, settings = {} }: { environ?: Partial<Environ>; settings?: object } = {},
): Promise<Answer> {
  const view = async (request: Request) => {
    await read(request);
    return new Response('read');
  };
  const application = await createApplication([path('', view)], {
    DATA_UPLOAD_MAX_MEMORY_SIZE: LIMIT,
    ...settings,
  });
  return ask(application, '/', { method: 'POST', body, environ: { CONTENT_TYPE: URLENCODED, ...environ } });
}

const CHUNKED = { CONTENT_LENGTH: undefined, HTTP_TRANSFER_ENCODING: 'chunked' };

describe.each([
  ['with a Content-Length', {}],
  ['without one', CHUNKED],
])('a body %s', (_, environ) => {
  test.each(READERS)('is read by %s() up to DATA_UPLOAD_MAX_MEMORY_SIZE', async (name) => {
    const answer = await post(reading(name), bodyOf(LIMIT, name), { environ });
    expect(answer).toMatchObject({ status: '200 OK', body: 'read' });
  });

  test.each(READERS)('is refused with 413 by %s() beyond that', async (name) => {
    const { status, body, log } = await post(reading(name), bodyOf(LIMIT + 1, name), { environ });
    expect(status).toBe('413 Content Too Large');
    expect(body).toContain('<h1>Content Too Large</h1>');
    expect(log).toMatch(
      /^The request's body is larger than the 1000 bytes of settings\.DATA_UPLOAD_MAX_MEMORY_SIZE/,
    );
    expect(log).not.toContain('Internal Server Error');
  });

  test.each([
    ['its clone', (request: Request) => request.clone().text()],
    ['a clone of its clone', (request: Request) => request.clone().clone().text()],
  ])('is refused when %s is read', async (_, read) => {
    expect((await post(read, bodyOf(LIMIT + 1, 'text'), { environ })).status).toBe('413 Content Too Large');
  });

  test('is streamed without a limit', async () => {
    let length = 0;
    const read = async ({ body }: Request) => {
      for await (const block of body as unknown as AsyncIterable<Uint8Array>) length += block.length;
    };
    expect((await post(read, bodyOf(10 * LIMIT, 'text'), { environ })).status).toBe('200 OK');
    expect(length).toBe(10 * LIMIT);
  });

  test.each([
    ['null', null],
    ['a larger number', 10 * LIMIT],
  ])('has the limit that the settings have: %s', async (_, DATA_UPLOAD_MAX_MEMORY_SIZE) => {
    const settings = { DATA_UPLOAD_MAX_MEMORY_SIZE };
    const answer = await post(reading('text'), bodyOf(10 * LIMIT, 'text'), { environ, settings });
    expect(answer.status).toBe('200 OK');
  });

  test('has the limit of Django without a setting', async () => {
    const settings = { DATA_UPLOAD_MAX_MEMORY_SIZE: undefined };
    const statusOf = async (bytes: number) =>
      (await post(reading('text'), bodyOf(bytes, 'text'), { environ, settings })).status;
    expect(await statusOf(2_621_440)).toBe('200 OK');
    expect(await statusOf(2_621_441)).toBe('413 Content Too Large');
  });

  test('is given as it was sent', async () => {
    const seen: unknown[] = [];
    const read = async (request: Request) => {
      const copies = [request.clone(), request.clone(), request.clone()];
      seen.push(
        await request.text(),
        (await copies[0]!.blob()).type,
        (await copies[1]!.arrayBuffer()).byteLength,
      );
      seen.push([...(await copies[2]!.formData())]);
      seen.push(request.bodyUsed);
    };
    await post(read, 'a=1&b=%C3%BC', { environ });
    expect(seen).toEqual([
      'a=1&b=%C3%BC',
      URLENCODED,
      12,
      [
        ['a', '1'],
        ['b', 'ü'],
      ],
      true,
    ]);
  });
});

function readBesideClone(request: Request): Promise<string> {
  request.clone();
  return request.text();
}

test.each([
  ['its clone', (request: Request) => request.clone().text()],
  ['it, and there is a clone', readBesideClone],
])('a body without end is refused when %s is read', async (_, read) => {
  const endless: Middleware = (getResponse) => (request) => {
    const body = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(LIMIT)) });
    return getResponse(new Request(request, { body, duplex: 'half' } as RequestInit));
  };
  const { status } = await post(read, 'x', { settings: { MIDDLEWARE: [endless] } });
  expect(status).toBe('413 Content Too Large');
});

test('handler413 of the URLconf answers for a body that is too large', async () => {
  const view = async (request: Request) => new Response(await request.text());
  const handler413 = (_: Request, error: Error) => new Response(error.name, { status: 413 });
  const ROOT_URLCONF = { urlpatterns: [path('', view)], handler413 };
  const application = await createApplication([], { ROOT_URLCONF, DATA_UPLOAD_MAX_MEMORY_SIZE: 1 });
  const { status, body } = await ask(application, '/', { method: 'POST', body: 'ab' });
  expect([status, body]).toEqual(['413 Content Too Large', 'RequestDataTooBig']);
});

test('a body that is too large is not an error of the site', async () => {
  const failures: unknown[] = [];
  onTestFinished(gotRequestException.connect(({ error }) => void failures.push(error)));
  await post(reading('text'), bodyOf(LIMIT + 1, 'text'));
  await post(reading('formData'), 'x', { environ: { CONTENT_TYPE: 'multipart/form-data' } });
  expect(failures).toEqual([]);
});

describe('a Request that a middleware has made', () => {
  const replacing = (make: (request: Request) => Request): { settings: object } => {
    const middleware: Middleware = (getResponse) => (request) => getResponse(make(request));
    return { settings: { MIDDLEWARE: [middleware] } };
  };

  test('has the limit as well', async () => {
    const copying = replacing((request) => new Request(request, { headers: request.headers }));
    expect((await post(reading('text'), bodyOf(LIMIT + 1, 'text'), copying)).status).toBe(
      '413 Content Too Large',
    );
    expect((await post(reading('text'), bodyOf(LIMIT, 'text'), copying)).status).toBe('200 OK');
  });

  test('has it for its own body, whatever length the client has declared', async () => {
    const swelling = replacing(
      (request) => new Request(request.url, { method: 'POST', body: 'x'.repeat(LIMIT + 1) }),
    );
    expect((await post(reading('text'), 'x', swelling)).status).toBe('413 Content Too Large');
    const shrinking = replacing((request) => new Request(request.url, { method: 'POST', body: 'x' }));
    expect((await post(reading('text'), bodyOf(LIMIT + 1, 'text'), shrinking)).status).toBe('200 OK');
  });
});

describe('a body that is not what it should be', () => {
  const MULTIPART = 'multipart/form-data; boundary=b';
  const cut = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1';

  test.each([
    ['a form without a boundary', 'formData', 'multipart/form-data', cut],
    ['a form that is cut short', 'formData', MULTIPART, cut],
    ['a form in which nothing is one', 'formData', MULTIPART, 'nothing'],
    ['an empty multipart form', 'formData', MULTIPART, ''],
    ['a form of another type', 'formData', 'text/plain', 'a=1'],
    ['a form of no type', 'formData', undefined, 'a=1'],
    ['malformed JSON', 'json', 'application/json', '{'],
    ['JSON that is not there', 'json', 'application/json', ''],
  ])('is a bad request: %s', async (_, name, CONTENT_TYPE, body) => {
    for (const environ of [{ CONTENT_TYPE }, { CONTENT_TYPE, ...CHUNKED }]) {
      const { status, log } = await post(reading(name), body, { environ });
      expect(status).toBe('400 Bad Request');
      expect(log).toBe('');
    }
  });

  test.each(['formData', 'json'])('is a bad request: none at all, read by %s()', async (name) => {
    const view = async (request: Request) => new Response(String(await reading(name)(request)));
    const copying: Middleware = (getResponse) => (request) => getResponse(new Request(request));
    for (const MIDDLEWARE of [[], [copying]]) {
      const application = await createApplication([path('', view)], { MIDDLEWARE });
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
        const { status, log } = await ask(application, '/', { method });
        expect([method, status, log]).toEqual([method, '400 Bad Request', '']);
      }
    }
  });

  test('throws what the standard says', async () => {
    const thrown: unknown[] = [];
    const read = (name: string) => (request: Request) =>
      (reading(name)(request) as Promise<unknown>).catch((error) => void thrown.push(error.constructor));
    await post(read('formData'), cut, { environ: { CONTENT_TYPE: MULTIPART } });
    await post(read('json'), '{');
    expect(thrown).toEqual([TypeError, SyntaxError]);
  });

  test('is the site’s fault when it is read twice', async () => {
    const read = async (request: Request) => {
      await request.text();
      await request.formData();
    };
    expect((await post(read, 'a=1')).status).toBe('500 Internal Server Error');
  });
});
