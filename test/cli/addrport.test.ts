import { describe, expect, test } from 'vitest';
import { formatAddrport, formatUrl, parseAddrport } from '../../src/cli/addrport.ts';
import { CommandError } from '../../src/errors.ts';

/** What an argument is refused with. */
function refusal(text: string, useIPv6 = false): CommandError {
  try {
    parseAddrport(text, useIPv6);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return error as CommandError;
  }
  throw new Error(`'${text}' was taken, and should have been refused.`);
}

describe('an accepted address:', () => {
  test.each([
    ['7000', '127.0.0.1', 7000],
    ['0', '127.0.0.1', 0],
    ['08000', '127.0.0.1', 8000],
    ['65535', '127.0.0.1', 65535],
    ['1.2.3.4:8000', '1.2.3.4', 8000],
    ['1.2.3.4:0', '1.2.3.4', 0],
    ['localhost:80', 'localhost', 80],
    ['test.domain.local:7000', 'test.domain.local', 7000],
    ['my-host:7000', 'my-host', 7000],
    ['beef:7654', 'beef', 7654],
    ['deadbeef:7654', 'deadbeef', 7654],
    ['123:7000', '123', 7000],
    ['1.2.3:7000', '1.2.3', 7000],
  ])('%s is host %s and port %i, by IPv4', (text, host, port) => {
    expect(parseAddrport(text)).toEqual({ host, port, isIPv6: false });
  });

  test('no argument means port 8000 of this machine', () => {
    expect(parseAddrport(undefined)).toEqual({ host: '127.0.0.1', port: 8000, isIPv6: false });
  });

  test('nothing with IPv6 is port 8000 of this machine, by IPv6', () => {
    expect(parseAddrport(undefined, true)).toEqual({ host: '::1', port: 8000, isIPv6: true });
  });

  test('a port with IPv6 is one of this machine, by IPv6', () => {
    expect(parseAddrport('7000', true)).toEqual({ host: '::1', port: 7000, isIPv6: true });
  });

  test('the host 0 means every address', () => {
    expect(parseAddrport('0:8000')).toEqual({ host: '0.0.0.0', port: 8000, isIPv6: false });
  });

  test('a lone 0 with IPv6 is every address, by IPv6', () => {
    expect(parseAddrport('0:8000', true)).toEqual({ host: '::', port: 8000, isIPv6: true });
  });

  test.each([
    ['[::1]:8000', '::1', 8000],
    ['[::]:8000', '::', 8000],
    ['[2001:db8::9]:7000', '2001:db8::9', 7000],
    ['[2001:0DB8:AC10:FE01::9]:0', '2001:0DB8:AC10:FE01::9', 0],
  ])('%s is recognized as IPv6 without the flag', (text, host, port) => {
    expect(parseAddrport(text)).toEqual({ host, port, isIPv6: true });
  });

  test('a name may be looked up by IPv6', () => {
    expect(parseAddrport('localhost:7000', true)).toEqual({ host: 'localhost', port: 7000, isIPv6: true });
  });
});

describe('a refused address:', () => {
  test.each([
    'abc',
    '1.2.3.4',
    '::1:8000',
    '::1',
    ':8000',
    'localhost:',
    'localhost:http',
    '[::1]',
    '[::1]8000',
    '[localhost]:8000',
    'a_b:8000',
    'a..b:8000',
    '.a:8000',
    'a.:8000',
    '-1',
    '80.5',
    '1e3',
    ' 8000',
    '8000\n',
    '',
    'http://localhost:8000',
  ])('%j is neither a port nor address:port', (text) => {
    expect(refusal(text).message).toBe(`Expected a port, or an address and a port, found '${text}'.`);
  });

  test('an IPv4 address with IPv6, and how to write one', () => {
    const { message, hint } = refusal('1.2.3.4:80', true);
    expect([message, hint]).toEqual([
      "Expected an IPv6 address with --ipv6, found '1.2.3.4'.",
      "Write one in brackets: '[::1]:8000'.",
    ]);
  });

  test.each(['65536', '99999', 'localhost:65536', '[::1]:99999999999999999999'])(
    'a port above 65535: %s',
    (text) => {
      const { message, hint } = refusal(text);
      expect(message).toBe(`Port ${text.split(':').at(-1)} does not exist.`);
      expect(hint).toBe('Ports go from 0 to 65535.');
    },
  );
});

describe('the hint', () => {
  test.each([
    ['abc', "Add the port: 'abc:8000'."],
    ['my-host', "Add the port: 'my-host:8000'."],
    ['example.org', "Add the port: 'example.org:8000'."],
    ['1.2.3.4', "Add the port: '1.2.3.4:8000'."],
  ])('of %s, which is a host without a port, adds one', (text, hint) => {
    expect(refusal(text).hint).toBe(hint);
  });

  test.each([
    ['::1:8000', "Put an IPv6 address into brackets: '[::1]:8000'."],
    ['2001:db8::9:7000', "Put an IPv6 address into brackets: '[2001:db8::9]:7000'."],
  ])('of %s, which is an IPv6 address and a port, adds brackets', (text, hint) => {
    expect(refusal(text).hint).toBe(hint);
  });

  test.each(['::1', '2001:db8::9'])(
    'of %s, which is an IPv6 address without a port, is one that works',
    (text) => {
      const suggested = /'(.+)'/.exec(refusal(text).hint!)![1]!;
      expect(() => parseAddrport(suggested)).not.toThrow();
      expect(suggested).toContain(text);
    },
  );

  test.each(['', ':8000', 'localhost:http', 'a b'])(
    'of %j, which may mean anything, are examples',
    (text) => {
      expect(refusal(text).hint).toBe("Examples: '8000', '0:8000', 'localhost:8000', '[::1]:8000'.");
    },
  );
});

describe('an address as a URL', () => {
  test.each([
    ['127.0.0.1', 'http://127.0.0.1:8000/'],
    ['localhost', 'http://localhost:8000/'],
    ['::1', 'http://[::1]:8000/'],
  ])('%s is %s', (host, url) => {
    expect(formatUrl({ host, port: 8000 })).toBe(url);
  });

  test('has the scheme that it is given', () => {
    expect(formatUrl({ host: 'localhost', port: 8443 }, 'https')).toBe('https://localhost:8443/');
  });
});

test.each(['8001', '0:8000', 'localhost:8000', '[::1]:8000'])(
  '%s is read as what is written as it',
  (text) => {
    const { host, port } = parseAddrport(text);
    expect(formatAddrport({ host: host === '0.0.0.0' ? '0' : host, port })).toBe(text);
  },
);
