import { spawnWorker } from './spawn-worker.ts';
import { HeldLines } from './terminal/held-lines.ts';

/** With one of these options, no worker serves. */
const NEED_NONE = ['-h', '--help', '--version', '--noreload', '--check'];

/** `runserver`: the development server. */
export async function main(argv: string[]): Promise<void> {
  // The worker is started first, since its start takes as long as all steps until it has a site to load.
  const needsWorker = !argv.some((word) => NEED_NONE.includes(word));
  const held = new HeldLines();
  process.once('exit', () => held.flush());
  const cwd = process.cwd();
  const spawn = () => spawnWorker(cwd, () => held.release());
  const first = needsWorker ? spawn() : undefined;
  const { runserver } = await import('./runserver-command.ts');
  await runserver(argv, { held, spawn, first });
}
