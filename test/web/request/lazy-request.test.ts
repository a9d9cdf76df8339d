import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/handler/request-context.ts';
import { SiteTarget } from '../../../src/handler/site-target.ts';
import { buildRequest } from '../../../src/web/request/build-request.ts';
import { LazyRequest } from '../../../src/web/request/lazy-request.ts';
import { nativeRequest } from '../../../src/web/request/native-request.ts';
import type { URLParts } from '../../../src/web/request/request-target.ts';
import type { Environ } from '../../../src/wsgi/types.ts';
import { createEnviron, type RequestOptions } from '../../handler/_client.ts';

const PARTS = { scheme: 'http', host: 'TestServer:80', scriptName: '', pathInfo: '/a/../b' } as const;

const build = (environ: Environ, parts: URLParts = PARTS) =>
  buildRequest(environ, new SiteTarget(environ, parts));
const make = (environ: Environ) => nativeRequest(environ, new SiteTarget(environ, PARTS));

/** What views get, and the Request that it has to be like. */
function both(options: RequestOptions): readonly [given: Request, model: Request] {
  const withHeaders = {
    ...options,
    environ: { HTTP_X_USER: 'me', HTTP_COOKIE: 'a=1; b=2', ...options.environ },
  };
  return [build(createEnviron('/a/../b?c=d', withHeaders)), make(createEnviron('/a/../b?c=d', withHeaders))];
}

const GET: RequestOptions = {};
const POST = { method: 'POST', body: '{"a":1}', environ: { CONTENT_TYPE: 'application/json' } };

/** All that can be read of a Request, its body left alone. */
function describeRequest(request: Request): object {
  const names = Object.keys(Object.getOwnPropertyDescriptors(Request.prototype));
  const values = names.map((name) => [name, (request as unknown as Record<string, unknown>)[name]]);
  return {
    ...Object.fromEntries(
      values.filter(([, value]) => ['string', 'boolean', 'number'].includes(typeof value)),
    ),
    hasBody: request.body !== null,
    isAborted: request.signal.aborted,
    headers: [...request.headers],
  };
}

describe.each([
  ['GET', GET],
  ['POST', POST],
])('what a view gets for %s is a Request', (_, options) => {
  test('by instanceof, its class, its tag and the names that it has', () => {
    const [given] = both(options);
    expect(given instanceof Request).toBe(true);
    expect(given.constructor).toBe(Request);
    expect(Object.prototype.toString.call(given)).toBe('[object Request]');
    expect(given.headers instanceof Headers).toBe(true);
    expect(given.headers).toBe(given.headers);
    expect(given.signal).toBe(given.signal);
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(Request.prototype))) {
      expect(name in given, name).toBe(true);
    }
  });

  test('with the same properties', () => {
    const [given, model] = both(options);
    expect(describeRequest(given)).toEqual(describeRequest(model));
  });

  test('that prints the same', () => {
    const [given, model] = both(options);
    expect(inspect(given)).toBe(inspect(model));
  });

  test('that can be cloned', async () => {
    const [given, model] = both(options);
    const clone = given.clone();
    expect(describeRequest(clone)).toEqual(describeRequest(model));
    expect(await Promise.all([clone.text(), given.text()])).toEqual(Array(2).fill(options.body ?? ''));
  });

  test('that can be copied and changed', async () => {
    const [given, model] = both(options);
    const change = { headers: { 'x-new': 'yes' } };
    const copy = new Request(given, change);
    expect(describeRequest(copy)).toEqual(describeRequest(new Request(model, change)));
    expect(await copy.text()).toBe(options.body ?? '');
    if (options.body !== undefined) expect(() => new Request(given)).toThrow(TypeError);
  });

  test('whose copies have the headers as they are by then', () => {
    const [given] = both(options);
    given.headers.set('x-user', 'you');
    expect(new Request(given.clone()).headers.get('x-user')).toBe('you');
    given.headers.delete('x-user');
    given.headers.append('x-later', 'yes');
    expect(given.clone().headers.get('x-user')).toBe(null);
    expect(given.clone().headers.get('x-later')).toBe('yes');
  });

  test('that takes properties of a middleware', () => {
    const [given] = both(options);
    Object.assign(given, { user: 'me' });
    expect(given).toHaveProperty('user', 'me');
    expect((given as unknown as { other?: unknown }).other).toBe(undefined);
  });

  test('whose properties cannot be assigned to', () => {
    const [given] = both(options);
    expect(() => Object.assign(given, { method: 'PUT' })).toThrow(TypeError);
    expect(() => Object.assign(given, { mode: 'cors' })).toThrow(TypeError);
  });
});

test('a Request is lazy', () => {
  const [given] = both(GET);
  expect(LazyRequest.bind(given, {} as RequestContext)).toBe(true);
});

test('a class that extends Request takes it', () => {
  class OwnRequest extends Request {}
  const own = new OwnRequest(both(GET)[0], { method: 'PUT' });
  expect(own).toBeInstanceOf(OwnRequest);
  expect([own.method, own.headers.get('x-user')]).toEqual(['PUT', 'me']);
});

test('a Request and fetch() still want an argument', () => {
  both(GET);
  expect(() => Reflect.construct(Request, [])).toThrow(TypeError);
  expect(new Request('http://localhost/').constructor).toBe(Request);
  expect([Request.name, fetch.name]).toEqual(['Request', 'fetch']);
});

test('a Request cannot be copied as data', () => {
  const [given, model] = both(GET);
  const outcome = (value: unknown) => {
    try {
      return Object.keys(structuredClone(value) as object);
    } catch (error) {
      return (error as Error).name;
    }
  };
  expect(outcome(given)).toEqual(outcome(model));
});

test.each(['text', 'json', 'arrayBuffer', 'blob'] as const)('a body is read by %s(), once', async (read) => {
  const [given, model] = both(POST);
  expect(given.bodyUsed).toBe(false);
  expect(await given[read]()).toEqual(await model[read]());
  expect(given.bodyUsed).toBe(true);
  await expect(given[read]()).rejects.toThrow(TypeError);
});

test('a body is streamed', async () => {
  const [given] = both(POST);
  const blocks: Uint8Array[] = [];
  for await (const block of given.body!) blocks.push(block);
  expect(Buffer.concat(blocks).toString()).toBe('{"a":1}');
});

test('fetch() takes it', async () => {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const block of request) body += block;
    response.end([request.method, request.url, request.headers['x-user'], body].join(' '));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environ = createEnviron('/x', { ...POST, environ: { ...POST.environ, HTTP_X_USER: 'me' } });
    const given = build(environ, { ...PARTS, host, pathInfo: '/x' });
    expect(await (await fetch(given)).text()).toBe('POST /x me {"a":1}');
  } finally {
    server.close();
  }
});

test('headers that cannot be represented are a bad request', () => {
  const environ = createEnviron('/', { environ: { HTTP_X_BAD: 'a\nb' } });
  expect(() => build(environ).headers.get('x')).toThrow(expect.objectContaining({ name: 'BadRequest' }));
});
