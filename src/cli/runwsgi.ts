import { asksForServer } from './production/asks-for-server.ts';
import { WorkerStarter } from './production/worker-starter.ts';

/** `runwsgi`: the production server. */
export async function main(argv: string[]): Promise<void> {
  const workers = new WorkerStarter(process.cwd());
  if (asksForServer(argv)) workers.startEarly();
  const [{ runServer }, { RUNWSGI }] = await Promise.all([
    import('./production/run-server.ts'),
    import('./production/runwsgi-command.ts'),
  ]);
  await runServer(RUNWSGI, argv, workers);
}
