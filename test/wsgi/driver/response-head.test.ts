import { expect, test } from 'vitest';
import { parseHead } from '../../../src/wsgi/driver/response-head.ts';
import type { Header } from '../../../src/wsgi/types.ts';

test('a status and headers come back as numbers and as they were', () => {
  const headers: Header[] = [
    ['Content-Type', 'text/plain'],
    ['Content-Length', '12'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=é'],
  ];
  expect(parseHead('404 Not Found', headers)).toEqual({
    status: 404,
    reason: 'Not Found',
    headers,
    contentLength: 12,
  });
});

test('an empty reason is allowed, as HTTP allows it', () => {
  expect(parseHead('299 ', [])).toMatchObject({ status: 299, reason: '' });
});

test.each<[string, unknown]>([
  ['a number', 200],
  ['no reason and no space', '200'],
  ['a reason alone', 'OK'],
  ['two digits', '20 OK'],
  ['four digits', '2000 OK'],
  ['a leading zero', '099 Low'],
  ['a line feed', '200 OK\n'],
  ['a smuggled header', '200 OK\r\nX-Evil: 1'],
  ['a tab', '200\tOK'],
  ['what is not latin-1', '200 Ωk'],
])('a status with %s is refused', (_what, status) => {
  expect(() => parseHead(status as string, [])).toThrow(/^A status is three digits, a space and a reason/);
});

test.each<[string, unknown, string]>([
  ['an object', { 'Content-Type': 'text/plain' }, 'got an object of class Object'],
  ['a web Headers', new Headers(), 'got an object of class Headers'],
  ['nothing', undefined, 'got undefined'],
  ['lines', ['Content-Type: text/plain'], 'got the string "Content-Type: text/plain"'],
  ['a pair of one', [['Content-Type']], 'got an object of class Array'],
])('headers as %s are refused', (_what, headers, message) => {
  expect(() => parseHead('200 OK', headers as Header[])).toThrow(message);
});

test.each(['', 'Content Type', 'Content-Type:', 'X\nY', 'Größe', 'X\x00'])(
  'the name %j is refused',
  (name) => {
    expect(() => parseHead('200 OK', [[name, 'x']])).toThrow(/^A header's name is made of letters/);
  },
);

test.each(['a\r\nSet-Cookie: evil', 'a\nb', 'a\rb', 'a\x00b', 'a\x7fb', '日本'])(
  'the value %j is refused',
  (value) => {
    expect(() => parseHead('200 OK', [['X-Name', value]])).toThrow(/^A header's value is latin-1 without/);
  },
);

test('a value that is not a string is refused', () => {
  expect(() => parseHead('200 OK', [['Content-Length', 5 as unknown as string]])).toThrow(
    /^A header's value is a string. The header "Content-Length" has the number 5/,
  );
});

test.each([
  'Connection',
  'keep-alive',
  'Transfer-Encoding',
  'TE',
  'Trailers',
  'Upgrade',
  'Proxy-Authenticate',
])('the hop-by-hop header %s is refused', (name) => {
  expect(() => parseHead('200 OK', [[name, 'x']])).toThrow(/belongs to the connection.*Other HTTP Features/);
});

test('a value may have a tab in it', () => {
  const headers: Header[] = [['X-Name', 'a\tb']];
  expect(parseHead('200 OK', headers).headers).toEqual(headers);
});

test('Trailer is left out, since no trailers follow', () => {
  const headers: Header[] = [
    ['Trailer', 'Server-Timing'],
    ['X-Name', 'x'],
  ];
  expect(parseHead('200 OK', headers).headers).toEqual([['X-Name', 'x']]);
});

test('a Status header is refused, since the status is an argument', () => {
  expect(() => parseHead('200 OK', [['Status', '200 OK']])).toThrow('first argument of startResponse()');
});

test.each(['-1', '+1', '1.5', '1e3', '', ' 1', '0x10', '99999999999999999999'])(
  'the Content-Length %j is refused',
  (value) => {
    expect(() => parseHead('200 OK', [['content-length', value]])).toThrow(
      /^Content-Length is a whole number/,
    );
  },
);

test('two Content-Lengths are refused', () => {
  const twice: Header[] = [
    ['Content-Length', '1'],
    ['content-length', '1'],
  ];
  expect(() => parseHead('200 OK', twice)).toThrow('Content-Length was given twice');
});

test('what is remembered of many names and statuses does not grow without end, nor go wrong', () => {
  for (let i = 0; i < 2000; i++) parseHead(`200 OK ${i}`, [[`X-${i}`, 'x']]);
  expect(() => parseHead('200 OK', [['Connection', 'x']])).toThrow();
  expect(parseHead('200 OK 1', [['X-1', 'x']])).toMatchObject({ status: 200, reason: 'OK 1' });
});
