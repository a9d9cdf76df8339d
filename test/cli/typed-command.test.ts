import { expect, test } from 'vitest';
import { typedCommand } from '../../src/cli/typed-command.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const PACKAGE = { 'package/package.json': '{}' };

function runserver(env: NodeJS.ProcessEnv, files: Record<string, string> = {}, cwd = 'site') {
  const folder = temporaryFolder({ ...PACKAGE, 'site/x': '', ...files });
  const line = typedCommand('runserver', ['8001'], {
    cwd: `${folder}/${cwd}`,
    env,
    packageRoot: `${folder}/package/`,
  });
  return line.replace(folder, '');
}

test.each([
  ['npm', 'dev', 'runserver', 'npm run dev -- 8001'],
  ['pnpm', 'dev', 'node_modules/.bin/runserver --open', 'pnpm run dev 8001'],
  ['yarn', 'start', 'build && runserver', 'yarn start 8001'],
  ['bun', 'serve', 'node ../bin/runserver.js', 'bun run serve 8001'],
  ['npm', 'demo', 'node bin/startproject.js --demo', 'npm run demo -- 8001'],
])('a script of %s is named by its own name: %s is `%s`', (manager, event, script, expected) => {
  const env = {
    npm_config_user_agent: `${manager}/1.0.0`,
    npm_lifecycle_event: event,
    npm_lifecycle_script: script,
  };
  expect(runserver(env)).toBe(expected);
});

test.each(['runserver && echo done', 'runserver & open-browser', 'runserver-all', 'vitest'])(
  'what the script `%s` is given does not go to the command',
  (script) => {
    const env = { npm_lifecycle_event: 'dev', npm_lifecycle_script: script };
    expect(runserver(env)).toBe('node /package/bin/runserver.js 8001');
  },
);

test('a command without arguments ends with its name', () => {
  const folder = temporaryFolder({ ...PACKAGE, 'site/node_modules/.bin/runwsgi': '' });
  const place = { cwd: `${folder}/site`, env: {}, packageRoot: `${folder}/package/` };
  expect(typedCommand('runwsgi', [], place)).toBe('npx runwsgi');
});

test('npx is named where it finds the command: installed here or above, or in this very package', () => {
  expect(runserver({}, { 'site/node_modules/.bin/runserver': '' })).toBe('npx runserver 8001');
  expect(runserver({}, { 'node_modules/.bin/runserver': '' })).toBe('npx runserver 8001');
  expect(runserver({}, {}, 'package')).toBe('npx runserver 8001');
});

test('elsewhere the command is named by its path: on npm the name belongs to another package', () => {
  expect(runserver({})).toBe('node /package/bin/runserver.js 8001');
  expect(runserver({}, { 'package/mysite/package.json': '{}' }, 'package/mysite')).toBe(
    'node /package/bin/runserver.js 8001',
  );
});
