import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Command } from '../e2e/_runserver.ts';

test.each([
  ['runserver.js', ['--chdir', ''], '--chdir'],
  ['runserver.js', ['--settings='], '--settings'],
  ['runwsgi.js', ['--settings', ''], '--settings'],
  ['startproject.js', ['mysite', '--template', ''], '--template'],
])('%s %j: an empty value is a mistake, as that of a variable that is not set', async (bin, args, flag) => {
  const command = new Command(bin, args, { cwd: temporaryFolder() });
  expect(await command.exit).toEqual({ code: 2, signal: null });
  expect(command.output).toMatch(new RegExp(`^Error: ${flag} needs a value, and got an empty text\\.`, 'm'));
});
