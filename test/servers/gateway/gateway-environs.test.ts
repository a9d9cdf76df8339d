import { expect, test } from 'vitest';
import { GatewayEnvirons } from '../../../src/servers/gateway/environ.ts';
import { ErrorStream } from '../../../src/wsgi/environ/errors-stream.ts';

const DEFAULTS = { errors: new ErrorStream(() => {}), isMultiprocess: false };

const VARIABLES = [
  ['REQUEST_METHOD', 'GET'],
  ['REQUEST_URI', '/a?b=c'],
  ['PATH_INFO', '/a'],
  ['QUERY_STRING', 'b=c'],
  ['SERVER_PROTOCOL', 'HTTP/1.1'],
  ['REMOTE_ADDR', '192.0.2.1'],
  ['HTTP_HOST', 'example.com'],
  ['HTTP_ACCEPT', '*/*'],
  ['EXTRA', 'x'],
] as const;

test('a connection makes the same environs as a request by itself, whatever came before', () => {
  const environs = new GatewayEnvirons();
  const [first, ...rest] = VARIABLES;
  const lists: (readonly (readonly [string, string])[])[] = [
    VARIABLES,
    VARIABLES,
    [['REQUEST_METHOD', 'POST'], ...rest],
    VARIABLES.map(([name, value]) => [name, value.replaceAll('a', 'b')] as const),
    [...VARIABLES, ['HTTP_ACCEPT', 'text/html']],
    [...VARIABLES, ['HTTP_PROXY', 'http://evil']],
    [first, ...rest.slice(2)],
    VARIABLES,
  ];
  const sources = { pull: () => null };
  for (const list of lists) {
    const { 'wsgi.input': _, ...alone } = new GatewayEnvirons().make(list, sources, DEFAULTS);
    const { 'wsgi.input': __, ...shared } = environs.make(list, sources, DEFAULTS);
    expect(shared).toEqual(alone);
  }
});

test('of a request that is refused nothing is left for the next', () => {
  const environs = new GatewayEnvirons();
  const source = { pull: () => null };
  const before = VARIABLES.map(([name, value]) => [name, value] as const);
  environs.make(before, source, DEFAULTS);
  const refused = before.map(
    ([name, value]) => [name, name.startsWith('HTTP_ACC') ? '\0' : `${value}2`] as const,
  );
  expect(() => environs.make(refused, source, DEFAULTS)).toThrow();
  expect(environs.make(before, source, DEFAULTS).EXTRA).toBe('x');
  expect(environs.make(before, source, DEFAULTS).PATH_INFO).toBe('/a');
});
