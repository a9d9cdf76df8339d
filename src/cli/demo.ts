import { mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareSite } from '../scaffold/create-site.ts';
import { reportError } from './command.ts';
import { main as runserver } from './runserver.ts';

/** Makes a site in a temporary folder and serves it: `npm run demo -- 8001`. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    process.chdir(await createDemo());
  } catch (error) {
    process.exitCode = reportError(error);
    return;
  }
  await runserver(['--settings', 'mysite.settings', ...argv.filter((word) => word !== '--')]);
}

async function createDemo(): Promise<string> {
  const site = await prepareSite({
    name: 'mysite',
    packageManager: 'npm',
    packageRoot: fileURLToPath(new URL('../..', import.meta.url)),
    cwd: mkdtempSync(join(tmpdir(), 'startproject-')),
    home: homedir(),
  });
  await site.write(new AbortController().signal);
  process.stdout.write(`A site to play with: ${site.destination.path}\n`);
  return site.destination.path;
}
