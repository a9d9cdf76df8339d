import { describe, expect, test, vi } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { descendants, get, isAlive } from './_runserver.ts';
import { HAS_SHELL, Shell } from './_shell.ts';

const HELP = /show this help/;
const urls = (text: string) => ({
  'mysite/urls.ts': `import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('${text}'))];`,
});

describe.skipIf(!HAS_SHELL)('on a terminal', () => {
  test('keys work without Enter, however many workers have ended', async () => {
    const shell = await Shell.open();
    await get(await shell.runserver());
    for (let save = 0; save < 4; save += 1) {
      const workers = descendants(shell.pid);
      writeFiles(shell.root, urls(`save ${save}`));
      await shell.saw(/changed, reloaded/);
      await expect.poll(() => workers.every(isAlive)).toBe(false);
      expect(shell.isRaw()).toBe(true);
      shell.type('h');
      await shell.saw(HELP);
    }
  });

  test('a site cannot change the terminal’s mode', async () => {
    const shell = await Shell.open({
      'mysite/urls.ts': `import { spawnSync } from 'node:child_process';
        import tty from 'node:tty';
        spawnSync('stty', ['sane'], { stdio: 'inherit' });
        spawnSync('stty', ['sane'], { stdio: ['inherit', 2, 2] });
        spawnSync('sh', ['-c', 'stty sane < /dev/tty']);
        for (const fd of [0, 1, 2]) if (tty.isatty(fd)) new tty.ReadStream(fd).setRawMode(true).setRawMode(false);
        ${urls('home')['mysite/urls.ts']}`,
    });
    const url = await shell.runserver();
    expect((await get(url)).body).toBe('home');
    expect(shell.isRaw()).toBe(true);
    shell.type('h');
    await shell.saw(HELP);
  });

  test("the site's output keeps its order and its colours", async () => {
    const shell = await Shell.open({
      'mysite/urls.ts': `console.log('first', { a: 1 }); console.error('second'); console.log('third');
        ${urls('home')['mysite/urls.ts']}`,
    });
    await shell.runserver();
    await shell.saw(/first \{ a: \u001b\[33m1\u001b\[39m \}\r\nsecond\r\nthird\r\n/);
  });

  test('Enter prints an empty line', async () => {
    const shell = await Shell.open();
    await shell.runserver();
    await shell.saw(/CONTROL-C ends it, press h for help\.\S*\r\n\r\n/);
    shell.type('\r\rh');
    await shell.saw(/^\r\n\r\n +r {2}reload/);
  });

  test('Ctrl-Z suspends the server, and fg continues it', async () => {
    const shell = await Shell.open();
    const url = await shell.runserver();
    shell.type('\u001a');
    await shell.saw(/Stopped/);
    shell.type('stty -a; fg\r');
    await shell.saw(/ icanon /);
    await expect.poll(() => shell.isRaw()).toBe(true);
    shell.type('h');
    await shell.saw(HELP);
    expect((await get(url)).body).toBe('home 1');
    shell.type('q');
    await shell.saw(/ready> /);
    shell.type('stty -a\r');
    await shell.saw(/ icanon [\s\S]* echo /);
  });

  test('Ctrl-\\ quits with 131 and restores the terminal', async () => {
    const shell = await Shell.open();
    await shell.runserver();
    shell.type('\u001c');
    await shell.saw(/ready> /);
    shell.type('echo code $?; stty -a\r');
    await shell.saw(/code 131[\s\S]* icanon[\s\S]* echo /);
  });

  test('the server continues in the background after Ctrl-Z and bg, and ends there', async () => {
    const shell = await Shell.open();
    const url = await shell.runserver();
    shell.type('\u001a');
    await shell.saw(/Stopped/);
    shell.type('bg\r');
    await shell.saw(/ready> /);
    expect((await get(url)).body).toBe('home 1');
    const mode = shell.mode();
    shell.type('kill %1; wait %1; echo code $?\r');
    await shell.saw(/code 143/);
    await shell.saw(/ready> /);
    expect(shell.mode()).toBe(mode);
  });
});

describe.skipIf(!HAS_SHELL)('in the background', () => {
  test('the server serves, reloads and ends without touching the terminal', async () => {
    const shell = await Shell.open();
    const url = await shell.runserver('&');
    await get(url);
    shell.type('\r');
    await shell.saw(/ready> /);
    const mode = shell.mode();
    writeFiles(shell.root, urls('home 2'));
    await shell.saw(/changed, reloaded/);
    expect((await get(url)).body).toBe('home 2');
    shell.type('jobs\r');
    await shell.saw(/Running[\s\S]*ready> /);
    expect(shell.mode()).toBe(mode);
    shell.type('kill %1; wait %1; echo code $?\r');
    await shell.saw(/code 143/);
    await shell.saw(/ready> /);
    expect(shell.mode()).toBe(mode);
  });

  test('the server reads keys after it is brought to the foreground', async () => {
    const shell = await Shell.open();
    await shell.runserver('&');
    shell.type('fg\r');
    await expect.poll(() => shell.isRaw()).toBe(true);
    // The shell's own line editing is raw too; a key that it would echo is not enough.
    await vi.waitFor(async () => {
      shell.type('h');
      await vi.waitFor(() => expect(shell.output).toMatch(HELP));
    }, 25_000);
  });
});
