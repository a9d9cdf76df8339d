import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';
import { prepareSite } from '../scaffold/create-site.ts';
import { reportError } from './command.ts';
import { main as runserver } from './runserver.ts';
import { goOnWithoutOutput, print } from './terminal/output.ts';

/** Options that print a text and start no server. */
const INFORMS = ['-h', '--help', '--version'];

/** Makes a site in a temporary folder, serves it, and removes it at the end: `npm run demo -- 8001`. */
export async function main(argv: readonly string[]): Promise<void> {
  goOnWithoutOutput();
  if (argv.some((word) => INFORMS.includes(word))) return runserver([...argv]);
  try {
    const folder = makeFolder();
    // The server's workers end before this event, so no process uses the folder any more.
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    process.chdir(await createDemo(folder));
  } catch (error) {
    process.exitCode = reportError(error);
    return;
  }
  await runserver(['--settings', 'mysite.settings', ...argv.filter((word) => word !== '--')]);
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'startproject-'));
  } catch (cause) {
    const message = `Expected a folder for temporary files at '${tmpdir()}': ${(cause as Error).message}.`;
    throw new CommandError(message, { hint: 'Set TMPDIR to a folder that you can write to.', cause });
  }
}

async function createDemo(folder: string): Promise<string> {
  const site = await prepareSite({
    name: 'mysite',
    packageManager: 'npm',
    cwd: folder,
    home: homedir(),
  });
  await site.write(new AbortController().signal);
  print(`Demo site, removed when you quit: ${site.destination.path}\n`);
  return site.destination.path;
}
