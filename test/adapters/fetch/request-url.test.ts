import { describe, expect, it } from 'vitest';
import { originOf, splitTarget } from '../../../src/adapters/fetch/request-url.ts';

describe('a URL of a Request', () => {
  it.each([
    ['http://a.example/', 'http', 'a.example', '80', 'a.example', '/', ''],
    ['https://a.example/b?c=d', 'https', 'a.example', '443', 'a.example', '/b', 'c=d'],
    ['http://a.example:8000/b/?c?d', 'http', 'a.example', '8000', 'a.example:8000', '/b/', 'c?d'],
    ['http://[::1]:8000/b#c?d', 'http', '[::1]', '8000', '[::1]:8000', '/b', ''],
    ['http://a.example/b?c#d?e', 'http', 'a.example', '80', 'a.example', '/b', 'c'],
    ['HTTP://a.example?c=/d', 'http', 'a.example', '80', 'a.example', '/', 'c=/d'],
    ['http://a.example', 'http', 'a.example', '80', 'a.example', '/', ''],
  ])('%s has its parts', (url, scheme, serverName, port, host, path, query) => {
    const origin = originOf(url);
    expect(origin).toMatchObject({ scheme, serverName, port, host });
    expect(splitTarget(url, origin)).toEqual({ path, query });
  });

  it('is not taken for one of an origin that it begins with', () => {
    expect(originOf('http://a.example/').host).toBe('a.example');
    expect(originOf('http://a.example.org/').host).toBe('a.example.org');
    expect(originOf('http://a.example/').host).toBe('a.example');
    expect(originOf('http://a.example:80/').host).toBe('a.example:80');
  });

  it('is one of HTTP', () => {
    expect(() => originOf('file:///etc/passwd')).toThrow(TypeError);
  });
});
