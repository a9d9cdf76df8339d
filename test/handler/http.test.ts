import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Response as Light } from '../../src/handler/http/index.ts';
import type { Middleware } from '../../src/handler/index.ts';
import { path } from '../../src/handler/urls/index.ts';
import { type Answer, ask, createApplication } from './_client.ts';

type Class = typeof Response;
type BodyInit = ConstructorParameters<Class>[0];

const bytes = (text: string) => new TextEncoder().encode(text);
const stream = () => new Blob(['streamed']).stream();

async function* blocks() {
  yield bytes('a');
  yield bytes('bc');
}

/** Ways to make a Response, and some to fail at it. */
const MAKERS: readonly (readonly [string, (R: Class) => Response])[] = [
  ['nothing', (R) => new R()],
  ['null', (R) => new R(null)],
  ['undefined', (R) => new R(undefined, undefined)],
  ['text', (R) => new R('Grüße')],
  ['an empty text', (R) => new R('')],
  ['a lone surrogate', (R) => new R('\ud800')],
  ['bytes', (R) => new R(bytes('abc'))],
  ['no bytes', (R) => new R(new Uint8Array(0))],
  ['a buffer', (R) => new R(bytes('abc').buffer as ArrayBuffer)],
  ['a form', (R) => new R(new URLSearchParams('a=1'))],
  ['a blob', (R) => new R(new Blob(['abc'], { type: 'text/x' }))],
  ['a stream', (R) => new R(stream())],
  ['a generator', (R) => new R(blocks() as unknown as BodyInit)],
  ['a Node stream', (R) => new R(Readable.from([bytes('ab'), bytes('c')]) as unknown as BodyInit)],
  ['a number', (R) => new R(5 as unknown as string)],
  ['a status', (R) => new R('x', { status: 404 })],
  ['a status in words', (R) => new R('x', { status: '404' as unknown as number })],
  ['a statusText', (R) => new R('x', { statusText: 'Fine' })],
  ['headers in an object', (R) => new R('x', { headers: { 'X-A': '1', 'x-b': ' 2 ' } })],
  [
    'headers in pairs',
    (R) =>
      new R('x', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      }),
  ],
  ['Headers', (R) => new R('x', { headers: new Headers({ 'content-type': 'text/html' }) })],
  ['a type and bytes', (R) => new R(bytes('x'), { headers: { 'content-type': 'image/png' } })],
  ['204', (R) => new R(null, { status: 204 })],
  ['JSON', (R) => R.json({ a: ['ü', null] })],
  ['JSON with a type', (R) => R.json([], { status: 201, headers: { 'content-type': 'text/x' } })],
  ['JSON with a header', (R) => R.json(0, { headers: { 'x-a': '1' } })],
  ['a redirect', (R) => R.redirect('http://localhost/x', 303)],
  ['an error', (R) => R.error()],
  ['the parts of another', (R) => new R(new R('x', { status: 201 }).body, new R('x', { status: 201 }))],
];

const WRONG: readonly (readonly [string, (R: Class) => Response])[] = [
  ['a status too low', (R) => new R('x', { status: 199 })],
  ['a status too high', (R) => new R('x', { status: 600 })],
  ['a body with 204', (R) => new R('', { status: 204 })],
  ['a body with 304', (R) => new R('x', { status: 304 })],
  ['a header name', (R) => new R('x', { headers: { 'a b': '1' } })],
  ['a header value', (R) => new R('x', { headers: { a: 'x\ny' } })],
  ['a statusText', (R) => new R('x', { statusText: 'a\nb' })],
  ['an init', (R) => new R('x', 5 as unknown as ResponseInit)],
  ['JSON of nothing', (R) => R.json(undefined)],
  ['JSON of a circle', (R) => R.json(circle())],
  ['a redirect to nowhere', (R) => R.redirect('http://', 302)],
  ['a redirect with another status', (R) => R.redirect('http://localhost/', 200 as 301)],
];

function circle(): object {
  const object: Record<string, unknown> = {};
  object.self = object;
  return object;
}

/** All that can be read of a Response. */
async function describeResponse(response: Response): Promise<object> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const hasBody = response.body !== null;
  const text = await response.clone().text();
  const headers = [...response.headers];
  return { status, statusText, ok, type, url, redirected, bodyUsed, hasBody, text, headers };
}

describe.each(MAKERS)('of %s', (_, make) => {
  test('all that can be read is what the global class has', async () => {
    expect(await describeResponse(make(Light))).toEqual(await describeResponse(make(Response)));
  });

  test('what is sent is what the global class sends', async () => {
    const { log: _, ...light } = await send(() => make(Light));
    const { log: __, ...model } = await send(() => make(Response));
    expect({ ...light, headers: [...light.headers].sort() }).toEqual({
      ...model,
      headers: [...model.headers].sort(),
    });
  });
});

test.each(WRONG)('%s is refused as the global class refuses it', (_, make) => {
  const refusal = (R: Class): Error => {
    try {
      make(R);
    } catch (error) {
      return error as Error;
    }
    return expect.fail('It was taken.');
  };
  expect(refusal(Light).constructor).toBe(refusal(Response).constructor);
});

async function send(view: () => Response, MIDDLEWARE: readonly Middleware[] = []): Promise<Answer> {
  return ask(await createApplication([path('', view)], { MIDDLEWARE }), '/');
}

describe('a Response', () => {
  test('is an instance of both classes', () => {
    expect(new Light('x') instanceof Response).toBe(true);
    expect(new Light('x') instanceof Light).toBe(true);
    expect(new Response('x') instanceof Light).toBe(true);
    expect({} instanceof Light).toBe(false);
    expect(Object.prototype.toString.call(new Light('x'))).toBe('[object Response]');
  });

  test('prints the same', () => {
    expect(inspect(new Light('x', { status: 404 }))).toBe(inspect(new Response('x', { status: 404 })));
  });

  test('can be extended', async () => {
    class Page extends Light {
      get title() {
        return 'page';
      }
    }
    expect(new Page('x') instanceof Page).toBe(true);
    expect(new Page('x').title).toBe('page');
    expect(new Light('x') instanceof Page).toBe(false);
    expect((await send(() => new Page('extended'))).body).toBe('extended');
  });

  test.each(['text', 'arrayBuffer', 'blob'] as const)('is read by %s(), once', async (read) => {
    const response = new Light('abc');
    expect(await response[read]()).toEqual(await new Response('abc')[read]());
    expect(response.bodyUsed).toBe(true);
    await expect(response[read]()).rejects.toThrow(TypeError);
  });

  test('keeps its headers, whichever way they are reached', async () => {
    const response = new Light('x', { headers: { 'x-a': '1' } });
    const { headers } = response;
    headers.set('x-b', '2');
    expect(response.clone().headers.get('x-b')).toBe('2');
    headers.delete('x-a');
    expect(response.headers).toBe(headers);
    expect([...response.clone().headers.keys()]).toEqual(['content-type', 'x-b']);
  });

  test('keeps the bytes that it was made of', async () => {
    const block = bytes('abc');
    const response = new Light(block);
    block.fill(0);
    expect(await response.text()).toBe('abc');
  });

  test('is sent with the headers that middleware has set', async () => {
    const tagging: Middleware = (getResponse) => async (request) => {
      const response = await getResponse(request);
      response.headers.append('set-cookie', 'a=1');
      response.headers.append('set-cookie', 'b=2');
      response.headers.delete('content-type');
      return response;
    };
    const { headers } = await send(() => new Light('x'), [tagging]);
    expect(headers).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['content-length', '1'],
    ]);
  });

  test('whose text a middleware has read is refused, a clone of it is not', async () => {
    const reading =
      (isCloning: boolean): Middleware =>
      (getResponse) =>
      async (request) => {
        const response = await getResponse(request);
        await (isCloning ? response.clone() : response).text();
        return response;
      };
    expect((await send(() => new Light('x'), [reading(true)])).body).toBe('x');
    const model = await send(() => new Response('x'), [reading(false)]);
    expect((await send(() => new Light('x'), [reading(false)])).status).toBe(model.status);
  });

  test('is sent once', async () => {
    const response = new Light('once');
    const application = await createApplication([path('', () => response)]);
    expect((await ask(application, '/')).body).toBe('once');
    expect((await ask(application, '/')).log).toContain('returned a Response that was sent or read before.');
  });
});

describe('put in the place of the global class by a site', () => {
  const Native = Response;
  const native = Object.getOwnPropertyDescriptor(globalThis, 'Response')!;
  beforeEach(() => {
    globalThis.Response = Light;
  });
  afterEach(() => {
    Object.defineProperty(globalThis, 'Response', native);
  });

  test('it makes responses of the same kind as the one before', async () => {
    expect(new Response('x') instanceof Native).toBe(true);
    expect(new Native('x') instanceof Response).toBe(true);
    expect(await new Response(stream()).text()).toBe('streamed');
    expect(await new Response('x').text()).toBe('x');
    expect(Response.json({}).headers.get('content-type')).toBe('application/json');
    expect(Response.error().type).toBe('error');
  });

  test('what it hands on works with those of the other', async () => {
    expect(await Response.prototype.text.call(new Native('x'))).toBe('x');
    const { get } = Object.getOwnPropertyDescriptor(Response.prototype, 'bodyUsed')!;
    expect(get!.call(new Native('x'))).toBe(false);
    expect(() => Response.prototype.bodyUsed).toThrow(TypeError);
  });

  test('a library that looks at its members before it was used finds them', async () => {
    vi.resetModules();
    const { Response: Fresh } = await import('../../src/handler/http/index.ts');
    expect(Object.keys(Object.getOwnPropertyDescriptors(Fresh.prototype))).toEqual(
      expect.arrayContaining(['body', 'bodyUsed', 'url', 'text', 'clone', 'headers']),
    );
    const { get } = Object.getOwnPropertyDescriptor(Fresh.prototype, 'body')!;
    const { value } = Object.getOwnPropertyDescriptor(Fresh.prototype, 'text')!;
    expect(get!.call(new Native('x'))).toBeInstanceOf(ReadableStream);
    expect(await value.call(new Fresh('x'))).toBe('x');
    expect(new Fresh(null).body).toBe(null);
  });

  test('another copy of this package finds the runtime’s behind it', async () => {
    expect(await new Response('x').text()).toBe('x');
    vi.resetModules();
    const copy = await import('../../src/handler/http/index.ts');
    expect(copy.Response).not.toBe(Light);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(new copy.Response('x')))).toBe(Native.prototype);
  });
});
