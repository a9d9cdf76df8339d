import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  type BindAddress,
  formatBind,
  formatServedAt,
  isLocal,
  parseBind,
} from '../../../src/production/binding/bind-address.ts';

describe('what --bind accepts', () => {
  test.each<[string, BindAddress, string]>([
    ['127.0.0.1:8000', { kind: 'tcp', host: '127.0.0.1', port: 8000 }, 'http://127.0.0.1:8000'],
    ['127.0.0.1', { kind: 'tcp', host: '127.0.0.1', port: 8000 }, 'http://127.0.0.1:8000'],
    ['127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }, 'http://127.0.0.1:0'],
    [':9000', { kind: 'tcp', host: '0.0.0.0', port: 9000 }, 'http://0.0.0.0:9000'],
    ['0:9000', { kind: 'tcp', host: '0.0.0.0', port: 9000 }, 'http://0.0.0.0:9000'],
    ['localhost', { kind: 'tcp', host: 'localhost', port: 8000 }, 'http://localhost:8000'],
    [
      'my_host.example.com:80',
      { kind: 'tcp', host: 'my_host.example.com', port: 80 },
      'http://my_host.example.com:80',
    ],
    ['tcp://localhost:81', { kind: 'tcp', host: 'localhost', port: 81 }, 'http://localhost:81'],
    ['tcp://unix:81', { kind: 'tcp', host: 'unix', port: 81 }, 'http://unix:81'],
    ['[::1]:8000', { kind: 'tcp', host: '::1', port: 8000 }, 'http://[::1]:8000'],
    ['[::]', { kind: 'tcp', host: '::', port: 8000 }, 'http://[::]:8000'],
    ['[fe80::1%eth0]:80', { kind: 'tcp', host: 'fe80::1%eth0', port: 80 }, 'http://[fe80::1%eth0]:80'],
    ['unix:/run/x.sock', { kind: 'unix', path: '/run/x.sock' }, 'unix:/run/x.sock'],
    ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }, 'unix:/run/x.sock'],
    ['unix:////run/x.sock', { kind: 'unix', path: '/run/x.sock' }, 'unix:/run/x.sock'],
    ['unix:x.sock', { kind: 'unix', path: 'x.sock' }, 'unix:x.sock'],
    ['unix:@mysite', { kind: 'unix', path: '\0mysite' }, 'unix:@mysite'],
    ['fd://3', { kind: 'fd', fd: 3 }, 'fd://3'],
    ['systemd:web.socket', { kind: 'systemd', name: 'web.socket' }, 'systemd:web.socket'],
  ])('%s', (text, address, served) => {
    expect(parseBind(text)).toEqual(address);
    expect(formatServedAt(address)).toBe(served);
    expect(parseBind(formatBind(address))).toEqual(address);
  });

  test('https is the scheme of an address that has TLS', () => {
    expect(formatServedAt(parseBind('[::1]:443'), 'https')).toBe('https://[::1]:443');
  });
});

describe('a wrong --bind is told in one line, with an example of what may be meant', () => {
  test.each([
    [
      '',
      "'' is not an address to bind: that is not HOST:PORT, and none of the other forms.",
      "'127.0.0.1:8000'",
    ],
    [
      '8000',
      "'8000' is not an address to bind: a lone number is not an address.",
      "'127.0.0.1:8000', or ':8000'",
    ],
    ['localhost:', "its port '' is not a number.", "'localhost:8000'"],
    ['localhost:http', "its port 'http' is not a number.", "'localhost:8000'"],
    ['localhost:-1', "its port '-1' is not a number.", "'localhost:8000'"],
    ['localhost:80 ', "its port '80 ' is not a number.", "'localhost:8000'"],
    ['localhost:65536', 'ports go from 0 to 65535.', "'localhost:8000'"],
    ['1.2.3:80', "'1.2.3' is not an IPv4 address.", "'127.0.0.1:80'"],
    ['256.0.0.1', "'256.0.0.1' is not an IPv4 address.", "'127.0.0.1:8000'"],
    ['::1', 'an IPv6 address takes brackets.', "'[::1]:8000'"],
    ['::1:8001', 'an IPv6 address takes brackets.', "'[::1:8001]:8000'"],
    ['fe80::1:2:3:4:5:6:8001', 'an IPv6 address takes brackets.', "'[fe80::1:2:3:4:5:6]:8001'"],
    ['[::g]:80', "'::g' is not an IPv6 address.", "'[::1]:80'"],
    ['[127.0.0.1]:80', "'127.0.0.1' is not an IPv6 address.", "'[::1]:80'"],
    ['[::1', 'that is not HOST:PORT, and none of the other forms.', "'[::1]:8000'"],
    ['[::1]8000', 'that is not HOST:PORT, and none of the other forms.', "'[::1]:8000'"],
    ['*:8000', "'*' is not a host.", "':8000' is every address"],
    ['my host:80', "'my host' is not a host name.", "'localhost:80'"],
    ['-x:80', "'-x' is not a host name.", "'localhost:80'"],
    ['http://localhost:8000/', 'it is a URL.', "'localhost:8000'"],
    ['/run/x\n.sock', 'a path takes unix: before it.', "'unix:/run/x\\n.sock'"],
    ['http://a\n', 'it is a URL.', "'a\\n'"],
    ['/run/x.sock', 'a path takes unix: before it.', "'unix:/run/x.sock'"],
    ['unix:', 'it has no path.', "'unix:/run/mysite.sock'"],
    ['unix:@', 'it has no path.', "'unix:/run/mysite.sock'"],
    ['unix:/run/', 'its path is a folder.', "'unix:/run/mysite.sock'"],
    ['unix:/run/\0x', 'its path has a NUL character.', "'unix:/run/mysite.sock'"],
    ['fd://', 'it has no descriptor number.', "'fd://3'"],
    ['fd://three', 'it has no descriptor number.', "'fd://3'"],
    ['fd://2', 'descriptors 1 and 2 are standard output and standard error.', "'fd://3'"],
    ['systemd:', 'it has no name of a socket.', "'systemd:mysite.socket'"],
    ['systemd:////a', 'it has no name of a socket.', "'systemd:mysite.socket'"],
    ['systemd:a:b', 'it has no name of a socket.', "'systemd:mysite.socket'"],
  ])('%j', (text, message, hint) => {
    const error = thrownBy(() => parseBind(text));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
    expect(error.hint).not.toContain('\n');
    expect(error.hint).toContain(hint);
  });

  test('a path that no unix socket can have, counted in bytes', () => {
    const longest = `/run/${'ü'.repeat(51)}`;
    expect(parseBind(`unix:${longest}`)).toEqual({ kind: 'unix', path: longest });
    const error = thrownBy(() => parseBind(`unix:${longest}x`));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('has 108 bytes: that of a unix socket can have 107.');
  });
});

describe('whether only this machine can connect', () => {
  test.each([
    '127.0.0.1',
    '127.9.9.9:80',
    '[::1]:80',
    '[::ffff:127.0.0.1]:80',
    'localhost',
    'Site.localhost:80',
    'unix:x',
    'unix:@x',
  ])('%s: yes', (text) => {
    expect(isLocal(parseBind(text))).toBe(true);
  });

  test.each([
    ':8000',
    '[::]:80',
    '10.0.0.1',
    '[::ffff:10.0.0.1]:80',
    'example.com',
    '127.example.com',
    'fd://3',
    'systemd:x',
  ])('%s: no, as far as can be told', (text) => {
    expect(isLocal(parseBind(text))).toBe(false);
  });
});

function thrownBy(run: () => void): UsageError {
  try {
    run();
  } catch (error) {
    return error as UsageError;
  }
  throw new Error('Nothing was thrown.');
}
