import { type Environ, getWsgiApplication, type WSGIApplication } from '../../src/handler/index.ts';
import type { URLPattern } from '../../src/handler/urls/index.ts';

/** What came back from an application, read to its end and closed. */
export interface Answer {
  readonly status: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** What the application wrote to `wsgi.errors`. */
  readonly log: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly body?: string;
  /** CGI variables and `HTTP_*` headers, over the usual ones. */
  readonly environ?: Partial<Environ>;
}

/** The application of a site that is made of these patterns and settings. */
export function createApplication(
  urlpatterns: readonly URLPattern[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<WSGIApplication> {
  const ROOT_URLCONF = { urlpatterns };
  return getWsgiApplication({ settings: { ROOT_URLCONF, ALLOWED_HOSTS: ['testserver'], ...settings } });
}

/** Asks an application as a server does, and reads the response to its end. */
export async function ask(
  application: WSGIApplication,
  url: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const log: string[] = [];
  const environ = createEnviron(url, options, log);
  let status = '';
  let headers: Answer['headers'] = [];
  const response = await application(environ, (givenStatus, givenHeaders) => {
    status = givenStatus;
    headers = givenHeaders;
    return async () => {};
  });
  const blocks: Uint8Array[] = [];
  try {
    for await (const block of response) blocks.push(block);
  } finally {
    await response.close?.();
  }
  return { status, headers, body: Buffer.concat(blocks).toString(), log: log.join('') };
}

/** An environ as a server makes it. */
export function createEnviron(
  url: string,
  { method = 'GET', body, environ = {} }: RequestOptions = {},
  log: string[] = [],
): Environ {
  const [path, query = ''] = url.split('?');
  const content = Buffer.from(body ?? '');
  return {
    REQUEST_METHOD: method,
    SCRIPT_NAME: '',
    PATH_INFO: unescape(path!),
    QUERY_STRING: query,
    SERVER_NAME: 'testserver',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    HTTP_HOST: 'testserver',
    ...(body === undefined ? {} : { CONTENT_LENGTH: String(content.length) }),
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': inputOf(content),
    'wsgi.errors': {
      write: (text) => log.push(text),
      writelines: (lines) => log.push(...lines),
      flush: () => {},
    },
    'wsgi.multithread': true,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': () => [],
    'wsgi.input_terminated': true,
    ...environ,
  };
}

/** Only what the handler uses of an input: its blocks. */
function inputOf(content: Uint8Array): Environ['wsgi.input'] {
  const unused = () => Promise.reject(new Error('not used'));
  return {
    read: unused,
    readline: unused,
    readlines: unused,
    async *[Symbol.asyncIterator]() {
      yield content;
    },
  };
}

export function header({ headers }: Answer, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}
