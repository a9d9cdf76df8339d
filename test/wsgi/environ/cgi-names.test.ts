import { expect, test } from 'vitest';
import { cgiName, decodePath, joinValues } from '../../../src/wsgi/environ/cgi-names.ts';

test.each([
  ['User-Agent', 'HTTP_USER_AGENT'],
  ['x-forwarded-for', 'HTTP_X_FORWARDED_FOR'],
  ['Content-Type', 'CONTENT_TYPE'],
  ['content-length', 'CONTENT_LENGTH'],
  ['Content-Encoding', 'HTTP_CONTENT_ENCODING'],
])('the header %s is %s in an environ', (header, name) => {
  expect(cgiName(header)).toBe(name);
  expect(cgiName(header)).toBe(name);
});

test.each([
  ['X_Forwarded_For', 'it could pass for X-Forwarded-For'],
  ['Content_Type', 'it could pass for Content-Type'],
  ['__proto__', 'it could reach the prototype'],
  ['Proxy', 'it would be HTTP_PROXY'],
  ['PROXY', 'it would be HTTP_PROXY'],
])('the header %s is left out: %s', (header) => {
  expect(cgiName(header)).toBeUndefined();
  expect(cgiName(header)).toBeUndefined();
});

test('many made-up names do not push out the meaning of the others', () => {
  for (let i = 0; i < 5000; i++) cgiName(`X-${i}`);
  expect(cgiName('Proxy')).toBeUndefined();
  expect(cgiName('Host')).toBe('HTTP_HOST');
});

test('a header that came twice is joined by a comma and a space, cookies by a semicolon', () => {
  expect(joinValues('HTTP_ACCEPT', 'text/html', 'text/plain')).toBe('text/html, text/plain');
  expect(joinValues('HTTP_COOKIE', 'a=1', 'b=2')).toBe('a=1; b=2');
});

test.each([
  ['/plain', '/plain'],
  ['/a%20b', '/a b'],
  ['/p%61th/', '/path/'],
  ['/caf%C3%A9', '/caf\xc3\xa9'],
  ['/\x80%80', '/\x80\x80'],
  ['/%2F%2f', '///'],
  ['/%00', '/\x00'],
  ['/100%', '/100%'],
  ['/%zz%4', '/%zz%4'],
  ['/%2541', '/%41'],
])('the path %j is decoded to %j, byte by byte', (path, decoded) => {
  expect(decodePath(path)).toBe(decoded);
});
