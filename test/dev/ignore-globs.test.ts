import { describe, expect, test } from 'vitest';
import { ignoreGlobs } from '../../src/dev/ignore-globs.ts';

function ignored(glob: string, ...files: string[]): string[] {
  const isIgnored = ignoreGlobs([glob], '/srv/site');
  return files.filter((file) => isIgnored(`/srv/site/${file}`));
}

describe('a glob', () => {
  test.each([
    ['*.md', ['README.md', 'docs/a.md'], ['a.mdx', 'md']],
    ['generated', ['generated/a.ts', 'app/generated/b/c.ts', 'generated'], ['generated.ts', 'regenerated/a']],
    ['generated/', ['generated/a.ts'], ['generated.ts']],
    ['./app/data', ['app/data/a.json'], ['other/app/data/a.json', 'app/database']],
    ['/srv/site/app', ['app/a.ts'], ['application.ts']],
    ['app/*', ['app/a.ts', 'app/b/c.ts'], ['b/app/a.ts']],
    ['app/*.ts', ['app/a.ts'], ['app/b/c.ts', 'app/a.tsx']],
    ['app/**/*.ts', ['app/a.ts', 'app/b/c.ts'], ['b.ts']],
    ['**/fixtures/**', ['fixtures/a', 'a/b/fixtures/c/d'], ['fixture/a']],
    ['a?.ts', ['ab.ts', 'x/ac.ts'], ['a.ts', 'abc.ts']],
    ['[a-c].ts', ['a.ts', 'c.ts'], ['d.ts', '-.ts']],
    ['[!a-c].ts', ['d.ts'], ['a.ts']],
    ['*.{css,scss}', ['a.css', 'b/a.scss'], ['a.{css,scss}', 'a.less']],
    ['a{,b}.ts', ['a.ts', 'ab.ts'], ['ac.ts']],
    ['\\*.md', ['*.md'], ['a.md']],
    ['a+(b).ts', ['a+(b).ts'], ['ab.ts', 'aab.ts']],
    ['a,b}.ts', ['a,b}.ts'], ['a.ts']],
    ['[.ts', ['[.ts'], ['a.ts']],
  ])('%s', (glob, yes, no) => {
    expect(ignored(glob, ...yes, ...no)).toEqual(yes);
  });

  test('that is relative says nothing of files outside of the root', () => {
    const isIgnored = ignoreGlobs(['*.md', 'app'], '/srv/site');
    expect(['/srv/other/a.md', '/srv/app', '/srv/site-2/a.md'].filter(isIgnored)).toEqual([]);
  });

  test('that is absolute may point there', () => {
    expect(ignoreGlobs(['/srv/other/*.md'], '/srv/site')('/srv/other/a.md')).toBe(true);
  });
});

test('one of several is enough, and none ignores nothing', () => {
  expect(ignoreGlobs(['a', 'b'], '/srv')('/srv/b')).toBe(true);
  expect(ignoreGlobs([], '/srv')('/srv/b')).toBe(false);
});
