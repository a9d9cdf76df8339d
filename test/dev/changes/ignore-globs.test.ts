import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ignoreGlobs } from '../../../src/dev/changes/ignore-globs.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

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
    ['/docs', ['docs/a.md', 'docs'], ['app/docs/a.md', 'docs.md']],
    ['/*.md', ['a.md'], ['docs/a.md']],
    ['docs/*.md', ['docs/a.md'], ['app/docs/a.md']],
    ['**/docs/*.md', ['docs/a.md', 'app/docs/a.md'], ['app/docs/b/a.md']],
    ['#a.ts', [], ['#a.ts', 'a.ts']],
    ['\\#a.ts', ['#a.ts'], ['a.ts']],
    ['\\!a.ts', ['!a.ts'], ['a.ts']],
    ['!a.ts', [], ['a.ts', '!a.ts']],
    ['a.ts  ', ['a.ts'], []],
    ['', [], ['a.ts']],
    ['README.md', ['README.md'], ['readme.md']],
    ['*.{css,scss}', ['a.{css,scss}'], ['a.css', 'a.less']],
    ['\\*.md', ['*.md'], ['a.md']],
    ['a+(b).ts', ['a+(b).ts'], ['ab.ts', 'aab.ts']],
    ['a,b}.ts', ['a,b}.ts'], ['a.ts']],
    ['[.ts', [], ['[.ts', 'a.ts']],
  ])('%s', (glob, yes, no) => {
    expect(ignored(glob, ...yes, ...no)).toEqual(yes);
  });

  test('that is relative matches no file outside of the root', () => {
    const isIgnored = ignoreGlobs(['*.md', 'app'], '/srv/site');
    expect(['/srv/other/a.md', '/srv/app', '/srv/site-2/a.md'].filter(isIgnored)).toEqual([]);
  });

  test('that is absolute can match a file outside of the root', () => {
    expect(ignoreGlobs(['/srv/other/*.md'], '/srv/site')('/srv/other/a.md')).toBe(true);
  });
});

describe('several globs', () => {
  function kept(globs: readonly string[], ...files: string[]): string[] {
    const isIgnored = ignoreGlobs(globs, '/srv/site');
    return files.filter((file) => !isIgnored(`/srv/site/${file}`));
  }

  test('are applied in order, and a later one can exclude a path', () => {
    expect(kept(['*.md', '!keep.md'], 'a.md', 'keep.md', 'docs/keep.md')).toEqual([
      'keep.md',
      'docs/keep.md',
    ]);
    expect(kept(['!keep.md', '*.md'], 'a.md', 'keep.md')).toEqual([]);
    expect(kept(['*.md', '!/keep.md'], 'keep.md', 'docs/keep.md')).toEqual(['keep.md']);
  });

  test('cannot exclude a path in a folder that is ignored as a whole', () => {
    expect(kept(['docs', '!docs/keep.md'], 'docs/keep.md')).toEqual([]);
    expect(kept(['docs/*', '!docs/keep.md'], 'docs/keep.md', 'docs/a.md')).toEqual(['docs/keep.md']);
  });
});

test('a glob for a folder ignores the folder, and no file of that name', () => {
  const isIgnored = ignoreGlobs(['docs/'], '/srv/site');
  expect(['/srv/site/docs/', '/srv/site/docs', '/srv/site/a/docs/'].map(isIgnored)).toEqual([
    true,
    false,
    true,
  ]);
});

test('globs are relative to each watched folder', () => {
  const isIgnored = ignoreGlobs(['*.gen.ts', '/docs', '/srv/shared/out'], '/srv/site', '/srv/shared');
  const ignored = ['a.gen.ts', 'docs/a', 'out/a'].map((name) => isIgnored(`/srv/shared/${name}`));
  expect(ignored).toEqual([true, true, true]);
  expect(isIgnored('/srv/site/out/a')).toBe(false);
});

test('the root itself is not ignored', () => {
  expect(ignoreGlobs(['*'], '/srv/site')('/srv/site')).toBe(false);
});

test('one matching glob is enough, and no globs ignore nothing', () => {
  expect(ignoreGlobs(['a', 'b'], '/srv')('/srv/b')).toBe(true);
  expect(ignoreGlobs([], '/srv')('/srv/b')).toBe(false);
});

describe.skipIf(spawnSync('git', ['--version']).status !== 0)('a glob ignores the same files as git', () => {
  const FILES = [
    'a.md',
    'keep.md',
    'docs/a.md',
    'docs/keep.md',
    'app/docs/a.md',
    'app/docs/deep/b.ts',
    'docs.md',
    'a.gen.ts',
    'app/a.gen.ts',
    'a b.ts',
    'a[1].ts',
    'a1.ts',
    '.env',
    '.env.local',
    'app/.env',
    'Docs/a.md',
    'a.{md,ts}',
  ];

  test.each([
    [['*.md', '!keep.md']],
    [['!keep.md', '*.md']],
    [['/docs']],
    [['docs/']],
    [['docs', '!docs/keep.md']],
    [['docs/*', '!docs/keep.md']],
    [['**/docs']],
    [['app/**']],
    [['app/**/*.ts']],
    [['**/*.gen.ts', '!app/']],
    [['/*', '!/app']],
    [['.env*', '!.env.local']],
    [['a[[]1].ts', 'a\\[1].ts']],
    [['a?b.ts']],
    [['a\\ b.ts']],
    [['[a-c]*.ts']],
    [['[!a]*']],
    [['*.{md,ts}']],
    [['doc*/', '!Docs/']],
    [['#a.md', 'a.md ']],
  ])('with %j', (globs) => {
    const folder = temporaryFolder({ '.gitignore': `${globs.join('\n')}\n` });
    const git = (args: string[], input = '') =>
      spawnSync('git', args, { cwd: folder, input, encoding: 'utf8' });
    git(['init', '-q']);
    const { stdout } = git(['check-ignore', '--no-index', '-z', '--stdin'], FILES.join('\0'));
    const isIgnored = ignoreGlobs(globs, folder);
    expect(FILES.filter((file) => isIgnored(`${folder}/${file}`))).toEqual(
      stdout.split('\0').filter(Boolean),
    );
  });
});
