import { chmodSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openEditor } from '../../../src/cli/terminal/open-editor.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** An editor that writes its arguments into a file, and what waits for that. */
function fakeEditor(name: string) {
  const folder = temporaryFolder({
    [name]: '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.out" && mv "$0.out" "$0.opened"\n',
  });
  const program = path.join(folder, name);
  chmodSync(program, 0o755);
  vi.stubEnv('LAUNCH_EDITOR', program);
  const watcher = watch(folder);
  const opened = new Promise<string[]>((resolve) => {
    watcher.on('change', (_event, file) => {
      if (file !== `${name}.opened`) return;
      watcher.close();
      resolve(readFileSync(`${program}.opened`, 'utf8').trim().split('\n'));
    });
  });
  return { opened };
}

test('an editor gets the file and the place as it takes them', async () => {
  const { opened } = fakeEditor('code');
  expect(await openEditor({ file: '/srv/mysite/a b.ts', line: 3, column: 5 })).toBeUndefined();
  expect(await opened).toEqual(['-r', '-g', '/srv/mysite/a b.ts:3:5']);
});

test('without a line the first is meant', async () => {
  const { opened } = fakeEditor('subl');
  expect(await openEditor({ file: '/srv/urls.ts' })).toBeUndefined();
  expect(await opened).toEqual(['/srv/urls.ts:1:1']);
});

test.each(['vim', '/usr/bin/nvim', 'nano'])(
  '%s is not started: it would take the terminal',
  async (editor) => {
    vi.stubEnv('LAUNCH_EDITOR', editor);
    expect(await openEditor({ file: '/srv/urls.ts' })).toBe(
      `${path.basename(editor)} needs a terminal of its own. For another editor: LAUNCH_EDITOR=code npm run dev`,
    );
  },
);

test('an editor that is not there is named, and what to do', async () => {
  vi.stubEnv('LAUNCH_EDITOR', '/nowhere/code');
  expect(await openEditor({ file: '/srv/urls.ts' })).toBe(
    '/nowhere/code does not start: spawn /nowhere/code ENOENT. Start it, or name its program: LAUNCH_EDITOR=code npm run dev',
  );
});
