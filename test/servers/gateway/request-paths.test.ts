import { describe, expect, test } from 'vitest';
import { requestPaths } from '../../../src/servers/gateway/request-paths.ts';

type Sent = Readonly<Record<string, string>>;
type Case = [what: string, sent: Sent, scriptName: string, pathInfo: string];

const pathsOf = (sent: Sent, forced?: string) => {
  const { scriptName, pathInfo } = requestPaths(new Map(Object.entries(sent)), forced);
  return [scriptName, pathInfo];
};

describe('SCRIPT_NAME and PATH_INFO', () => {
  test.each<Case>([
    ['nothing at all', {}, '', '/'],
    [
      'both as they should be',
      { SCRIPT_NAME: '/app', PATH_INFO: '/x', REQUEST_URI: '/app/x?a' },
      '/app',
      '/x',
    ],
    ['both, and no REQUEST_URI', { SCRIPT_NAME: '/app', PATH_INFO: '/x' }, '/app', '/x'],
    ['PATH_INFO alone', { PATH_INFO: '/x/' }, '', '/x/'],
    [
      'an empty SCRIPT_NAME, as by fix-root-scriptname of lighttpd',
      { SCRIPT_NAME: '', PATH_INFO: '/x' },
      '',
      '/x',
    ],
    ['REQUEST_URI alone', { REQUEST_URI: '/caf%C3%A9/%2f?a=/b' }, '', '/caf\xc3\xa9//'],
    ['REQUEST_URI with a host', { REQUEST_URI: 'http://a.org/x?http://b/y' }, '', '/x'],
    ['REQUEST_URI with a host and no path', { REQUEST_URI: 'http://a.org?x' }, '', '/'],
    ['REQUEST_URI with a fragment', { REQUEST_URI: '/a#b' }, '', '/a'],
    ['a question about the server', { REQUEST_URI: '*' }, '', '*'],
    [
      'the scgi_params of nginx: DOCUMENT_URI is plain, REQUEST_URI is not',
      { REQUEST_URI: '/b/..//a%20b/./c', DOCUMENT_URI: '/a b/c' },
      '',
      '/a b/c',
    ],
    [
      'the fastcgi_params of nginx: the whole path as SCRIPT_NAME',
      { SCRIPT_NAME: '/a b/', REQUEST_URI: '/a%20b/?q', DOCUMENT_URI: '/a b/' },
      '',
      '/a b/',
    ],
    ['the same for the root', { SCRIPT_NAME: '/', REQUEST_URI: '/' }, '', '/'],
    ['the same, made plain', { SCRIPT_NAME: '/a/b', REQUEST_URI: '/x/../a//./b' }, '', '/a/b'],
    ['the same with an empty PATH_INFO', { SCRIPT_NAME: '/a', PATH_INFO: '', REQUEST_URI: '/a' }, '', '/a'],
    ['the same without a REQUEST_URI', { SCRIPT_NAME: '/a/' }, '', '/a/'],
    ['the whole path in each', { SCRIPT_NAME: '/a/b', PATH_INFO: '/a/b', REQUEST_URI: '/a/b' }, '', '/a/b'],
    ['a rewritten path as SCRIPT_NAME', { SCRIPT_NAME: '/new', REQUEST_URI: '/old' }, '', '/new'],
    ['a mount point and no PATH_INFO', { SCRIPT_NAME: '/app', REQUEST_URI: '/app/x/?a' }, '/app', '/x/'],
    ['segments that only begin like it', { SCRIPT_NAME: '/app', REQUEST_URI: '/apple' }, '', '/app'],
    [
      'a mount point set beside the uwsgi_params of nginx',
      { SCRIPT_NAME: '/app', PATH_INFO: '/app/x', REQUEST_URI: '/app/x' },
      '/app',
      '/x',
    ],
    [
      'a script that the server has put before the path',
      { SCRIPT_NAME: '/mysite.fcgi', PATH_INFO: '/x', REQUEST_URI: '/x' },
      '',
      '/x',
    ],
    [
      'one that it has put in the place of a mount point',
      { SCRIPT_NAME: '/mysite.fcgi', PATH_INFO: '/x', REQUEST_URI: '/app/x' },
      '/app',
      '/x',
    ],
    [
      'the same, told by SCRIPT_URL',
      { SCRIPT_NAME: '/m.fcgi', PATH_INFO: '/x', SCRIPT_URL: '/app/x' },
      '/app',
      '/x',
    ],
    [
      'the same, told by REDIRECT_URL',
      { SCRIPT_NAME: '/m.fcgi', PATH_INFO: '/x', REDIRECT_URL: '/x' },
      '',
      '/x',
    ],
    [
      'a rewritten path below a mount point',
      { SCRIPT_NAME: '/app', PATH_INFO: '/new', REQUEST_URI: '/app/old' },
      '/app',
      '/new',
    ],
    [
      'a PATH_INFO that the server has stripped by itself',
      { PATH_INFO: '/x', REQUEST_URI: '/app/x' },
      '',
      '/x',
    ],
    [
      'ProxyPass "/" of Apache',
      { SCRIPT_NAME: '/a b', REQUEST_URI: '/a%20b?c', SCRIPT_FILENAME: 'proxy:fcgi://127.0.0.1:9/a%20b' },
      '',
      '/a b',
    ],
    [
      'ProxyPass "/app" of Apache',
      { SCRIPT_NAME: '/app/x', REQUEST_URI: '/app/x', SCRIPT_FILENAME: 'proxy:scgi://127.0.0.1:9//x' },
      '/app',
      '/x',
    ],
    [
      'the same for the mount point itself',
      { SCRIPT_NAME: '/app', REQUEST_URI: '/app', SCRIPT_FILENAME: 'proxy:uwsgi://127.0.0.1:9/' },
      '/app',
      '',
    ],
    [
      'the same for a path with a slash at its end',
      { SCRIPT_NAME: '/app/', REQUEST_URI: '/app/', SCRIPT_FILENAME: 'proxy:uwsgi://127.0.0.1:9/' },
      '/app',
      '/',
    ],
    [
      'AllowEncodedSlashes NoDecode of Apache',
      { SCRIPT_NAME: '/%2F', REQUEST_URI: '/%2F', SCRIPT_FILENAME: 'proxy:fcgi://127.0.0.1:9/%2F' },
      '',
      '/%2F',
    ],
    ['slashes around a mount point', { SCRIPT_NAME: 'app/', PATH_INFO: 'x' }, '/app', '/x'],
    ['a SCRIPT_NAME that is a slash', { SCRIPT_NAME: '/', PATH_INFO: '/x' }, '', '/x'],
    ['two slashes, which would name a host', { PATH_INFO: '//evil.org/x' }, '', '/evil.org/x'],
  ])('from %s', (_what, sent, scriptName, pathInfo) => {
    expect(pathsOf(sent)).toEqual([scriptName, pathInfo]);
  });

  test.each<[...Case, string]>([
    ['the whole path as SCRIPT_NAME', { SCRIPT_NAME: '/app/x', REQUEST_URI: '/app/x' }, '/app', '/x', '/app'],
    ['the whole path as PATH_INFO', { PATH_INFO: '/app/x', REQUEST_URI: '/app/x' }, '/app', '/x', '/app'],
    ['the mount point itself', { SCRIPT_NAME: '/app', REQUEST_URI: '/app' }, '/app', '', '/app'],
    ['a path that the server has stripped', { PATH_INFO: '/x', REQUEST_URI: '/app/x' }, '/app', '/x', '/app'],
    [
      'one that begins once more like it',
      { PATH_INFO: '/app/x', REQUEST_URI: '/app/app/x' },
      '/app',
      '/app/x',
      '/app',
    ],
    ['a path elsewhere', { PATH_INFO: '/x', REQUEST_URI: '/x' }, '/app', '/x', '/app'],
    [
      'a script before the path',
      { SCRIPT_NAME: '/m.fcgi', PATH_INFO: '/x', REQUEST_URI: '/x' },
      '',
      '/x',
      '',
    ],
    ['a script, and no REQUEST_URI', { SCRIPT_NAME: '/m.fcgi', PATH_INFO: '/x' }, '', '/x', ''],
    [
      'a script before a rewritten path',
      { SCRIPT_NAME: '/m.fcgi', PATH_INFO: '/x', REQUEST_URI: '/o' },
      '',
      '/x',
      '',
    ],
    [
      'lighttpd without fix-root-scriptname, which takes the first segment for the script',
      { SCRIPT_NAME: '/a', PATH_INFO: '/b', REQUEST_URI: '/a/b' },
      '',
      '/a/b',
      '',
    ],
  ])('with FORCE_SCRIPT_NAME, from %s', (_what, sent, scriptName, pathInfo, forced) => {
    expect(pathsOf(sent, forced)).toEqual([scriptName, pathInfo]);
  });

  test('a path of many slashes takes no time that grows with their square', () => {
    const slashes = '/'.repeat(60_000);
    // In processor time, since other processes may take the processor meanwhile.
    const before = process.cpuUsage();
    expect(pathsOf({ SCRIPT_NAME: `${slashes}a`, REQUEST_URI: `${slashes}a/..${slashes}` })).toEqual([
      '',
      '/a',
    ]);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});
