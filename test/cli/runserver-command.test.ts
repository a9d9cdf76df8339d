import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BUILD = fileURLToPath(new URL('../../dist', import.meta.url));

test('the process of runserver that starts workers loads no site, no server and no loader', () => {
  // Every start waits until it has compiled what it loads.
  const script = `
    const { main } = require(${JSON.stringify(path.join(BUILD, 'cli/runserver.cjs'))});
    main(['--help']).then(() => console.error(Object.keys(require.cache).join('\\n')));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  const loaded = stderr
    .trim()
    .split('\n')
    .map((file) => path.relative(BUILD, file));
  expect(stdout).toContain('Usage: runserver');
  expect(loaded).toContain('chunks/runserver-command.cjs');
  for (const part of ['chunks/site.cjs', 'chunks/server.cjs', 'loader/index.cjs'])
    expect(loaded).not.toContain(part);
});
