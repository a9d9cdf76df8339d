import { spawnWorker } from './spawn-worker.ts';
import { HeldLines } from './terminal/held-lines.ts';

/** With one of these nothing is served by a worker. */
const NEED_NONE = ['-h', '--help', '--version', '--noreload', '--check'];

/** `runserver`: the development server. */
export async function main(argv: string[]): Promise<void> {
  // A worker takes as long to start as all that we do until there is something for it to load, so it starts first.
  const needsWorker = !argv.some((word) => NEED_NONE.includes(word));
  const held = new HeldLines();
  process.once('exit', () => held.flush());
  const cwd = process.cwd();
  const spawn = () => spawnWorker(cwd, () => held.release());
  const first = needsWorker ? spawn() : undefined;
  const { runserver } = await import('./runserver-command.ts');
  await runserver(argv, { held, spawn, first });
}
