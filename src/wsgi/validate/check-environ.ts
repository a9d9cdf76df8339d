import { describe, quoteText } from '../errors.ts';
import type { Environ } from '../types.ts';
import type { CapturedStack } from './place.ts';
import type { Reporter } from './reporter.ts';

const REQUIRED = ['REQUEST_METHOD', 'SERVER_NAME', 'SERVER_PORT', 'SERVER_PROTOCOL'] as const;
const FLAGS = ['wsgi.multithread', 'wsgi.multiprocess', 'wsgi.run_once'] as const;
const METHODS = {
  'wsgi.input': ['read', 'readline', 'readlines', Symbol.asyncIterator],
  'wsgi.errors': ['write', 'writelines', 'flush'],
} as const;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const PROTOCOL = /^HTTP\/\d+(?:\.\d+)?$/;
const LATIN_1 = /^[\x00-\xff]*$/;

/** Checks the arguments of a server, or of a middleware, for an application. */
export function checkEnviron(environ: Environ, reporter: Reporter, stack?: CapturedStack): void {
  const wrong = (what: string) => reporter.found('environ', what, stack);
  if (typeof environ !== 'object' || environ === null || Array.isArray(environ)) {
    wrong(`environ is a plain object, but the application got ${describe(environ)}.`);
    return;
  }
  for (const name of REQUIRED) {
    if (!environ[name]) wrong(`environ has no ${name}, which every request has.`);
  }
  if (environ.QUERY_STRING === undefined) {
    wrong('environ has no QUERY_STRING. It is empty for a request without a query.');
  }
  for (const name of ['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH'] as const) {
    if (name in environ)
      wrong(`environ has ${name}. This header's variable is ${name.slice('HTTP_'.length)}.`);
  }
  const length = environ.CONTENT_LENGTH;
  if (length && !/^\d+$/.test(length)) {
    wrong(`CONTENT_LENGTH is a whole number of bytes, but environ has ${describe(length)}.`);
  }
  checkForm(environ, 'REQUEST_METHOD', TOKEN, 'a word', wrong);
  checkForm(environ, 'SERVER_PORT', /^\d+$/, 'a number', wrong);
  checkForm(environ, 'SERVER_PROTOCOL', PROTOCOL, 'a version, HTTP/1.1 for one,', wrong);
  checkStrings(environ, reporter, stack);
  checkPaths(environ, reporter, stack);
  checkVariables(environ, wrong);
}

function checkForm(
  environ: Environ,
  name: (typeof REQUIRED)[number],
  form: RegExp,
  what: string,
  wrong: (what: string) => void,
): void {
  const value: unknown = environ[name];
  if (typeof value !== 'string' || value === '' || form.test(value)) return;
  wrong(`${name} is ${what} as text, but environ has ${describe(value)}.`);
}

function checkStrings(environ: Environ, reporter: Reporter, stack: CapturedStack | undefined): void {
  for (const key in environ) {
    const value = environ[key];
    if (typeof value === 'string' && LATIN_1.test(value)) continue;
    if (key.includes('.')) continue;
    const what = typeof value === 'string' ? 'latin-1, each byte one character' : 'a string';
    reporter.found(
      'environ-strings',
      `The CGI variable ${key} is ${what}, but environ has ${describe(value)}. Names with a dot take any value.`,
      stack,
    );
  }
}

function checkPaths(
  { SCRIPT_NAME: mount, PATH_INFO: path }: Environ,
  reporter: Reporter,
  stack: CapturedStack | undefined,
): void {
  const wrong = (what: string) => reporter.found('environ-paths', what, stack);
  if (mount && (!mount.startsWith('/') || mount === '/')) {
    wrong(`SCRIPT_NAME is empty, or a path that starts with a slash, but environ has ${quoteText(mount)}.`);
  }
  if (path && !path.startsWith('/')) {
    wrong(`PATH_INFO is empty or starts with a slash, but environ has ${quoteText(path)}.`);
  }
  if (!mount && !path)
    wrong('SCRIPT_NAME and PATH_INFO must not both be empty. At the root, PATH_INFO is "/".');
}

function checkVariables(environ: Environ, wrong: (what: string) => void): void {
  const version: unknown = environ['wsgi.version'];
  if (!Array.isArray(version) || version.length !== 2 || version[0] !== 1 || version[1] !== 0) {
    const found = Array.isArray(version) ? JSON.stringify(version) : describe(version);
    wrong(`wsgi.version is [1, 0], but environ has ${found}.`);
  }
  const scheme: unknown = environ['wsgi.url_scheme'];
  if (scheme !== 'http' && scheme !== 'https') {
    wrong(`wsgi.url_scheme is "http" or "https", but environ has ${describe(scheme)}.`);
  }
  for (const name of FLAGS) {
    if (typeof environ[name] !== 'boolean') {
      wrong(`${name} is true or false, but environ has ${describe(environ[name])}.`);
    }
  }
  for (const [name, methods] of Object.entries(METHODS)) {
    const stream = environ[name] as Record<PropertyKey, unknown> | null | undefined;
    const missing = methods.find((method) => typeof stream?.[method] !== 'function');
    if (missing !== undefined)
      wrong(`${name} has ${String(missing)}(), but the one in environ does not: ${describe(stream)}.`);
  }
}
