import { asksForServer } from './production/asks-for-server.ts';
import { WorkerStarter } from './production/worker-starter.ts';

/** Options that put the command into the background, where another process starts the workers. */
const BACKGROUND = /^(?:--)?(?:host|port|socket|daemonize)\b/i;

/** `runfcgi`: the production server behind a web server. */
export async function main(argv: string[]): Promise<void> {
  const workers = new WorkerStarter(process.cwd());
  if (asksForServer(argv) && !argv.some((word) => BACKGROUND.test(word))) workers.startEarly();
  const [{ runServer }, { RUNFCGI }] = await Promise.all([
    import('./production/run-server.ts'),
    import('./fcgi/runfcgi-command.ts'),
  ]);
  await runServer(RUNFCGI, argv, workers);
}
