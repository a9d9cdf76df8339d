import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExtraPaths } from '../../../src/dev/changes/extra-paths.ts';
import { Freshness } from '../../../src/dev/changes/freshness.ts';
import { ignoreGlobs } from '../../../src/dev/changes/ignore-globs.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { FRESH, stale } from './_loaded.ts';
import { folderWatcher, touched } from './_touches.ts';

/** A project with `.env`, and its folder `templates` as an extra path. */
function project(files: Files = {}, ...ignored: string[]) {
  const root = temporaryFolder({ '.env': 'A=1', 'templates/base.html': '1', 'other.html': '1', ...files });
  const paths = [path.join(root, 'templates')];
  const extras = new ExtraPaths({ root, paths, isIgnored: ignoreGlobs(ignored, root) });
  return { root, extras, at: (name: string) => path.join(root, name) };
}

describe('extra paths', () => {
  test('are the .env files of the root and all files in the named folders', () => {
    const { extras, at } = project({ '.env.local': '', 'app/.env': '', 'templates/a/b.html': '' });
    const found = ['.env', '.env.local', 'templates/a/b.html', 'templates/base.html'];
    expect(extras.scan().sort()).toEqual(found.map(at));
  });

  test('do not include files of package managers, version control, builds and editors', () => {
    const names = [
      'node_modules/a',
      '.git/a',
      'dist/a',
      'build/a',
      'base.html~',
      '.base.html.swp',
      '.#base.html',
    ];
    const { extras, at } = project(Object.fromEntries(names.map((name) => [`templates/${name}`, ''])));
    expect(extras.scan()).toEqual([at('.env'), at('templates/base.html')]);
    expect(names.filter((name) => extras.covers(at(`templates/${name}`)))).toEqual([]);
  });

  test('do not include ignored files, even if they are named', () => {
    const { extras } = project({}, '.env', 'templates');
    expect(extras.scan()).toEqual([]);
  });

  test('can be in a folder that is otherwise excluded', () => {
    const root = temporaryFolder({ 'dist/a': '' });
    const extras = new ExtraPaths({ root, paths: [path.join(root, 'dist')] });
    expect(extras.scan()).toEqual([path.join(root, 'dist/a')]);
  });

  test('can be files, and need not exist', () => {
    const root = temporaryFolder({ 'a.json': '' });
    const paths = ['a.json', 'b.json', 'no/c.json'].map((name) => path.join(root, name));
    const extras = new ExtraPaths({ root, paths });
    expect(extras.scan()).toEqual([paths[0]]);
    expect(paths.map((file) => extras.covers(file))).toEqual([true, true, true]);
  });

  test('end at links that lead in a circle', () => {
    const { extras, at } = project();
    symlinkSync(at('templates'), at('templates/again'));
    expect(extras.scan()).toContain(at('templates/base.html'));
  });
});

/** As a server that has been watching them for a while. */
function watching(...given: Parameters<typeof project>) {
  const { root, extras, at } = project(...given);
  const freshness = new Freshness(extras);
  freshness.markWatched([...freshness.files, ...extras.folders]);
  freshness.begin();
  return { root, extras, freshness, at };
}

describe('the freshness of extra paths', () => {
  test.each(['.env', 'templates/base.html'])('%s is stale after a change, until the next load', (name) => {
    const { freshness, at } = watching();
    expect(freshness.check()).toEqual(FRESH);
    writeFileSync(at(name), '2');
    expect(freshness.touch(at(name))).toEqual([at(name)]);
    expect(freshness.check()).toEqual(stale(at(name)));
    freshness.begin();
    freshness.touch(at(name));
    expect(freshness.check()).toEqual(FRESH);
  });

  test.each(['.env.local', 'templates/new.html'])(
    '%s is stale when it is created, and when it is deleted',
    (name) => {
      const { freshness, at } = watching();
      writeFileSync(at(name), '1');
      freshness.touch(at(name));
      expect(freshness.check()).toEqual(stale(at(name)));
      freshness.begin();
      rmSync(at(name));
      freshness.touch(at(name));
      expect(freshness.check()).toEqual(stale(at(name)));
    },
  );

  test('other files have no effect', () => {
    const { freshness, at } = watching();
    expect(freshness.touch(at('other.html'))).toEqual([]);
  });

  test('a new empty folder has no effect', () => {
    const { freshness, at } = watching();
    mkdirSync(at('templates/new'));
    expect(freshness.touch(at('templates/new'))).toEqual([]);
  });

  test('they are kept when the site no longer loads them', () => {
    const { freshness, at } = watching();
    freshness.add([[at('templates/base.html'), 1]], Date.now());
    freshness.retain(new Set());
    expect([...freshness.files].sort()).toEqual([at('.env'), at('templates/base.html')]);
  });

  test('ignored files that the site loads have no effect, but are known for the next load', () => {
    const { freshness, at } = watching({}, '*.gen.ts');
    freshness.add([[at('a.gen.ts'), 1]], Date.now());
    expect(freshness.touch(at('a.gen.ts'))).toEqual([]);
    expect([...freshness.ignored]).toEqual([at('a.gen.ts')]);
    freshness.retain(new Set());
    expect([...freshness.ignored]).toEqual([]);
  });

  test.each(['.env', 'templates/base.html', '.env.local', 'templates/a/new.html'])(
    'without a watcher, a poll finds that %s was changed or created',
    (name) => {
      const { root, extras, at } = project({ 'templates/a/b.html': '' });
      const freshness = new Freshness(extras);
      freshness.look();
      expect(freshness.check()).toEqual(FRESH);
      writeFileSync(path.join(root, name), '2');
      expect(lookedAgain(freshness)).toEqual(stale(at(name)));
    },
  );

  test('without a watcher, a poll finds files in a new folder', () => {
    const { freshness, at } = unwatched();
    mkdirSync(at('templates/new/deep'), { recursive: true });
    expect(lookedAgain(freshness)).toEqual(FRESH);
    writeFileSync(at('templates/new/deep/a.html'), '1');
    expect(lookedAgain(freshness)).toEqual(stale(at('templates/new/deep/a.html')));
  });

  test('without a watcher, a poll finds a file whose time was set back', () => {
    const { freshness, at } = unwatched();
    writeFileSync(at('.env'), 'B=2');
    utimesSync(at('.env'), new Date(0), new Date(0));
    expect(lookedAgain(freshness)).toEqual(stale(at('.env')));
  });
});

function unwatched() {
  const { extras, at } = project();
  const freshness = new Freshness(extras);
  lookedAgain(freshness);
  return { freshness, at };
}

/** Looks when it may. */
function lookedAgain(freshness: Freshness) {
  while (freshness.look() > 0);
  return freshness.check();
}

describe('a watcher of extra paths', () => {
  function watched() {
    const { extras, at } = project();
    const files = extras.scan();
    const { watcher, touches } = folderWatcher(extras);
    return { at, watcher, touches, files, extras, covered: watcher.watch(files) };
  }

  test('covers their files and folders', () => {
    const { files, extras, covered } = watched();
    expect(covered).toEqual([...files, ...extras.folders]);
  });

  test.each(['.env', '.env.local', 'templates/base.html', 'templates/new.html'])(
    'reports a change of %s',
    async (name) => {
      const { at, touches } = watched();
      await touched(touches, at(name), () => writeFileSync(at(name), '2'));
    },
  );
});
