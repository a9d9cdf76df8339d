import { WorkerStarter } from './production/worker-starter.ts';

/** Words that ask for something else than a server in this process. */
const NO_SERVER = new Set([
  '-h',
  '--help',
  '--version',
  '--print-config',
  '--check-config',
  '-D',
  '--daemon',
]);
const COMMANDS = new Set(['status', 'reload', 'stop', 'scale', 'logs', 'inject']);

/** `runwsgi`: the production server. */
export async function main(argv: string[]): Promise<void> {
  const workers = new WorkerStarter(process.cwd());
  if (!argv.some((word) => NO_SERVER.has(word)) && !COMMANDS.has(argv[0]!)) workers.startEarly();
  const { runwsgi } = await import('./production/runwsgi-command.ts');
  await runwsgi(argv, workers);
}
