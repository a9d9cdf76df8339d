import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Command, SITE } from './_runserver.ts';

test.each([
  ['await new Promise(() => {});', 'a module waits at its top level for something that never happens'],
  [
    "import { application } from './wsgi.ts'; application;",
    'mysite/wsgi.ts -> mysite/urls.ts -> mysite/wsgi.ts',
  ],
])('with --noreload, a site that never finishes its load ends with an error: %s', async (source, message) => {
  const cwd = temporaryFolder({ ...SITE, 'mysite/urls.ts': `${source}\nexport const urlpatterns = [];` });
  const command = new Command('runserver.js', ['0', '--noreload'], { cwd });
  expect(await command.exit).toEqual({ code: 1, signal: null });
  expect(command.output).toContain(message);
});
