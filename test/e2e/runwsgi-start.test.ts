import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { PRODUCTION_SITE, type RunOptions, runwsgi, version, Wsgi } from './_runwsgi.ts';

/** What a start that fails says, without the time and the process number, and how it ends. */
async function failure(args: readonly string[], options: RunOptions = {}) {
  const site = new Wsgi(args, options);
  const { code } = await site.exit;
  const lines = site.output.trimEnd().split('\n');
  return { code, lines: lines.map((line) => line.replace(/^\[.*?\] \[\d+\] /, '')) };
}

const DIST = path.join(import.meta.dirname, '../../dist');

const STARTS = expect.stringMatching(/^\[INFO\] startproject /);

test('the arbiter loads no server and no loader, since its start is part of each restart', () => {
  const loaded = new Set(['runwsgi', 'runfcgi'].map((name) => path.join(DIST, `cli/${name}.cjs`)));
  for (const name of ['run-server', 'runwsgi-command', 'runfcgi-command'])
    loaded.add(path.join(DIST, `chunks/${name}.cjs`));
  for (const file of loaded) {
    const required = readFileSync(file, 'utf8').matchAll(/^(?:const \w+ = )?require\("(\.[^"]+)"\);$/gm);
    for (const [, specifier] of required) loaded.add(path.join(path.dirname(file), specifier!));
  }
  const names = [...loaded].map((file) => path.relative(DIST, file));
  expect(names).toContain('chunks/limits.cjs');
  expect(names.filter((name) => /^(?:chunks\/(?:server|site)|loader\/(?!base))/.test(name))).toEqual([]);
});

test('the hint for the name of a folder instead of a module is the module', async () => {
  expect(await failure(['mysite'])).toEqual({
    code: 4,
    lines: [
      STARTS,
      "Error: The application 'mysite' is a folder, and not a module.",
      "Hint: Did you mean 'mysite.wsgi'?",
    ],
  });
});

test('an error at the start comes after the line with the version', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { lines } = await failure([], { bind: [`127.0.0.1:${port}`] });
  expect(lines.slice(0, 2)).toEqual([STARTS, expect.stringMatching(/^Error: .* is already in use/)]);
});

test('a hook postFork that throws is reported once, with its line', async () => {
  const files: Files = {
    'wsgi.config.ts': "export default {\n  postFork() {\n    throw new Error('no database');\n  },\n};\n",
  };
  const { code, lines } = await failure([], { files });
  expect([code, lines[1]]).toEqual([
    4,
    'Error: wsgi.config.ts:3:11: the hook postFork failed: Error: no database',
  ]);
});

test('a site that throws an error without a place causes one error only', async () => {
  const { lines } = await failure([], {
    files: { 'mysite/version.ts': version('1', "throw new Error('no database');\n") },
  });
  expect(lines.filter((line) => line.includes('Error: Error:'))).toEqual([]);
});

test('a module whose top-level await never settles is named', async () => {
  const files: Files = { 'mysite/version.ts': version('1', 'await new Promise(() => {});\n') };
  expect(await failure(['--boot-timeout', '2'], { files })).toEqual({
    code: 4,
    lines: [
      STARTS,
      'Error: mysite/version.ts: a promise that the module awaits at its top level has not settled after 2 s (--boot-timeout).',
      'Hint: Set a time limit for the operation that it awaits, or a longer --boot-timeout.',
    ],
  });
});

test('a hook postFork whose promise never settles is named', async () => {
  const files: Files = { 'wsgi.config.ts': 'export default { postFork: () => new Promise(() => {}) };\n' };
  const { code, lines } = await failure(['--boot-timeout', '2'], { files });
  expect([code, lines[1]]).toEqual([
    4,
    'Error: The hook postFork has not settled after 2 s (--boot-timeout).',
  ]);
});

test('--boot-timeout 0 sets no time limit', async () => {
  const files: Files = {
    'mysite/version.ts': version('1', 'await new Promise((done) => setTimeout(done, 300));\n'),
  };
  const site = await runwsgi(['--boot-timeout', '0'], { files });
  expect((await site.ask()).version).toBe('1');
  expect(site.output).not.toMatch(/died/);
});

test('an empty SECRET_KEY is reported once, with the name of the settings', async () => {
  const settings = PRODUCTION_SITE['mysite/settings.ts']!.replace(
    "SECRET_KEY = 'test-only'",
    "SECRET_KEY = process.env.NO_KEY ?? ''",
  );
  const site = await runwsgi(['-w', '2'], { files: { 'mysite/settings.ts': settings } });
  expect(site.output.match(/\[WARNING\] .*/g)).toEqual([
    '[WARNING] SECRET_KEY is empty in mysite.settings: code that reads it fails. Set its environment variable.',
  ]);
});
