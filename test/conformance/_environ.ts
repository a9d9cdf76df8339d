import { expect, test } from 'vitest';
import { bodyOf } from '../servers/http/_http.ts';
import type { Suite } from './_suite.ts';

export type ShownEnviron = Readonly<Record<string, unknown>>;

/** Forms of which wsgiref makes something else, or which have been read in more than one way. */
const TARGETS: Readonly<Record<string, ShownEnviron>> = {
  'http://other.org:81/a%20b?c': { PATH_INFO: '/a b', QUERY_STRING: 'c', HTTP_HOST: 'other.org:81' },
  'http://other.org': { PATH_INFO: '/', QUERY_STRING: '', HTTP_HOST: 'other.org' },
  'HTTP://other.org?c': { PATH_INFO: '/', QUERY_STRING: 'c', HTTP_HOST: 'other.org' },
  'http://[::1]:81/a': { PATH_INFO: '/a', HTTP_HOST: '[::1]:81' },
  'http://other.org//evil.org/path': { PATH_INFO: '/evil.org/path', HTTP_HOST: 'other.org' },
  '//evil.org/path': { PATH_INFO: '/evil.org/path', HTTP_HOST: 'example.org' },
  '/a//b': { PATH_INFO: '/a//b' },
  '/a%2Fb': { PATH_INFO: '/a/b' },
  '/%00': { PATH_INFO: '/\0' },
  '/?a=http://x/?b': { PATH_INFO: '/', QUERY_STRING: 'a=http://x/?b' },
  '/a?': { PATH_INFO: '/a', QUERY_STRING: '' },
};

const MALFORMED_HOSTS = ['a:x', 'a:99999', ':80', '[::1', '[::1]x', '::1', '[a]', 'user@a', 'a,b:c', 'a%zz'];

/** What an application is called with, apart from the body of the request. */
export function testEnviron({ run, served, has, needing, logged }: Suite): void {
  const isHttps = () => served().url.startsWith('https:');
  const environOf = async (path: string, headers: Record<string, string> = {}): Promise<ShownEnviron> =>
    JSON.parse(await run('environ').text({ path, headers }));
  const rawEnvironOf = async (requestLine: string, ...headers: string[]): Promise<ShownEnviron> => {
    const client = await run('environ').raw(requestLine, headers);
    return JSON.parse(bodyOf(await client.untilClosed()));
  };
  const get = (target: string, ...headers: string[]) =>
    rawEnvironOf(`GET ${target} HTTP/1.1`, 'Host: example.org', 'Connection: close', ...headers);

  test('1. the application is called with two arguments', async () => {
    const environ = run('environ');
    await environ.text();
    expect(await environ.saw('close')).toEqual(['called with 2 arguments', 'returned', 'close']);
  });

  test('2. the application is called as often as it is asked, also while it answers others', async () => {
    const waiting = run('waits before it answers');
    const first = waiting.text();
    await waiting.saw('waiting');
    const others = Array.from({ length: 20 }, (_, i) => run('marks', `${i}`).text());
    expect((await Promise.all(others)).map((text) => JSON.parse(text).now)).toEqual(
      Array.from({ length: 20 }, (_, i) => `${i}`),
    );
    await waiting.open('answer');
    expect(await first).toMatch(/^a+$/);
  });

  test('3. an environ is a plain object, the application’s own to change', async () => {
    const { isPlain } = JSON.parse(await run('shapes').text());
    expect(isPlain).toBe(true);
    for (const mark of ['one', 'two']) {
      expect(JSON.parse(await run('marks', mark).text())).toEqual({ found: null, now: mark });
    }
  });

  test('4. the variables that PEP 3333 requires are there', async () => {
    expect(await environOf('a?b')).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/a',
      QUERY_STRING: 'b',
      SERVER_NAME: expect.stringMatching(/./),
      SERVER_PORT: expect.stringMatching(/^\d+$/),
      SERVER_PROTOCOL: expect.stringMatching(/^HTTP\/1\.[01]$/),
    });
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    '4. the method %s is REQUEST_METHOD',
    async (method) => {
      const response = await run('method').send({ method });
      expect(response.headers.get('x-method')).toBe(method);
    },
  );

  test('5. the type and the length of the body are under their CGI names alone', async () => {
    const environ = await run('environ').text({
      method: 'POST',
      body: 'hello',
      headers: { 'Content-Type': 'text/x' },
    });
    const parsed = JSON.parse(environ) as ShownEnviron;
    expect(parsed.CONTENT_TYPE).toBe('text/x');
    expect(parsed).not.toHaveProperty('HTTP_CONTENT_TYPE');
    expect(parsed).not.toHaveProperty('HTTP_CONTENT_LENGTH');
  });

  test('6. every key without a dot has a string', async () => {
    const { types } = JSON.parse(await run('shapes').text()) as { types: Record<string, string> };
    const kinds = Object.entries(types).filter(([name, type]) => !name.includes('.') && type !== 'string');
    expect(kinds).toEqual([]);
  });

  test.each(['', '?q', 'a/b', '%2F', '/', '//evil.org/'])(
    '7. SCRIPT_NAME is empty and PATH_INFO starts with one slash, for /%s',
    async (path) => {
      const { SCRIPT_NAME, PATH_INFO } = await environOf(path);
      expect(SCRIPT_NAME).toBe('');
      expect(PATH_INFO).toMatch(path === '%2F' && has('direct') ? /^\/\/$/ : /^\/(?!\/)/);
    },
  );

  needing('direct')('8. what was not sent is left out', async () => {
    const environ = await environOf('');
    for (const name of ['CONTENT_TYPE', 'CONTENT_LENGTH', 'HTTP_COOKIE']) {
      expect(environ).not.toHaveProperty(name);
    }
  });

  test('8. the environment of the process is not in there', async () => {
    expect(process.env.PATH).toBeTypeOf('string');
    expect(await environOf('')).not.toHaveProperty('PATH');
  });

  needing('direct')('8. keys that are the server’s own are lower case, with a dot', async () => {
    const keys = Object.keys(await environOf(''));
    const cgi =
      /^(?:HTTPS|SSL_\w+|REQUEST_METHOD|SCRIPT_NAME|PATH_INFO|QUERY_STRING|SERVER_(?:NAME|PORT|PROTOCOL)|REMOTE_(?:ADDR|PORT)|HTTP_\w+)$/;
    expect(keys.filter((key) => !cgi.test(key) && !/^[a-z]\w*\.[a-z_.]+$/.test(key))).toEqual([]);
  });

  test('9. the wsgi variables say what is true', async () => {
    expect(await environOf('')).toMatchObject({
      'wsgi.version': [1, 0],
      'wsgi.url_scheme': isHttps() ? 'https' : 'http',
      'wsgi.multithread': false,
      'wsgi.multiprocess': false,
      'wsgi.run_once': false,
      'wsgi.input_terminated': true,
    });
  });

  test('9. HTTPS is on where the scheme is https, and otherwise left out', async () => {
    const environ = await environOf('');
    if (isHttps()) expect(environ.HTTPS).toBe('on');
    else expect(environ).not.toHaveProperty('HTTPS');
  });

  test('10. a path is decoded, a byte one latin-1 character, and a query is not', async () => {
    expect(await environOf('caf%C3%A9/%80?q=%C3%A9')).toMatchObject({
      PATH_INFO: '/caf\xc3\xa9/\x80',
      QUERY_STRING: 'q=%C3%A9',
    });
  });

  needing('headerBytes')('10. bytes of a header are latin-1 characters', async () => {
    expect(await environOf('', { 'X-Name': 'caf\xe9' })).toMatchObject({ HTTP_X_NAME: 'caf\xe9' });
  });

  test('10. text of a header in UTF-8 is bytes too, each a latin-1 character', async () => {
    const bytes = Buffer.from('café 日本').toString('latin1');
    expect(await environOf('', { 'X-Name': bytes })).toMatchObject({ HTTP_X_NAME: bytes });
  });

  test('11. wsgi.input has its methods', async () => {
    expect(JSON.parse(await run('shapes').text())).toMatchObject({
      input: ['read', 'readline', 'readlines'],
    });
  });

  test('12. wsgi.errors has its methods, and takes any text', async () => {
    expect(JSON.parse(await run('shapes').text())).toMatchObject({
      errors: ['write', 'writelines', 'flush'],
    });
    const text = 'schließlich 日本 😀';
    expect((await run('logs', text).send()).status).toBe(204);
    await logged(new RegExp(`${text} written\\n(.*\\n)*${text} line one\\n(.*\\n)*${text} line two\\n`));
  });

  test('a header that came twice is joined by a comma', async () => {
    const headers = new Headers([
      ['X-Twice', 'a'],
      ['x-twice', 'b'],
    ]);
    const { HTTP_X_TWICE } = JSON.parse(await run('environ').text({ headers })) as ShownEnviron;
    expect(HTTP_X_TWICE).toMatch(/^a, ?b$/);
  });

  needing('wire')(
    'cookies that came apart are joined by a semicolon, whatever the case of their names',
    async () => {
      expect(await get('/', 'Cookie: a=1', 'X-A: 1', 'cookie: b=2', 'COOKIE: c=3')).toMatchObject({
        HTTP_COOKIE: 'a=1; b=2; c=3',
        HTTP_X_A: '1',
      });
    },
  );

  test('a header whose name could pass for another’s, or for a variable of the process, is dropped', async () => {
    const environ = await environOf('', {
      X_Real_IP: '6.6.6.6',
      'X-Real-IP': '1.2.3.4',
      Proxy: 'http://evil/',
    });
    expect(environ.HTTP_X_REAL_IP).toBe('1.2.3.4');
    expect(environ).not.toHaveProperty('HTTP_PROXY');
  });

  needing('wire', 'direct')('OPTIONS * is a question to the server, which answers it', async () => {
    const options = run('environ');
    const client = await options.raw('OPTIONS * HTTP/1.1');
    const response = await client.untilClosed();
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(bodyOf(response)).toBe('');
  });

  for (const host of MALFORMED_HOSTS) {
    needing('wire', 'direct')(`the malformed host ${host} is refused, also in a target`, async () => {
      const asked = [
        ['GET / HTTP/1.1', `Host: ${host}`],
        [`GET http://${host}/ HTTP/1.1`, 'Host: x'],
      ];
      for (const [requestLine = '', field = ''] of asked) {
        const client = await run('environ').raw(requestLine, [field, 'Connection: close']);
        expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
      }
    });
  }

  for (const [target, expected] of Object.entries(TARGETS)) {
    needing('wire', 'direct')(`the target ${target} is understood`, async () => {
      expect(await get(target)).toMatchObject(expected);
    });
  }
}
