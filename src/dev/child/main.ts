import { ArbiterChannel } from '../../worker/arbiter-channel.ts';
import type { WorkerMainOptions } from '../../worker/boot.ts';
import { inspectorPort } from '../../worker/inspection/inspector-port.ts';
import { ignoreSignal } from '../../worker/stop.ts';
import { DevWorker } from './dev-worker.ts';

/** A worker process of the development server: the child's side of the channel to the arbiter. */
export function main({ saveCode }: WorkerMainOptions): void {
  const channel = new ArbiterChannel();
  const worker = new DevWorker({
    send: (message) => channel.send(message),
    exit: (code) => process.exit(code),
    env: process.env,
    writeError: (text) => process.stderr.write(text),
    saveCode,
  });

  channel.listen((message, socket) => worker.receive(message, socket));
  // Without its arbiter a worker has no purpose, whatever ended it. Whoever reaps it sends it SIGTERM as well.
  process.on('disconnect', () => worker.orphaned());
  // Where there are no process groups, an interrupt from the terminal comes to all of us. What it means, the arbiter says.
  if (process.platform === 'win32') process.on('SIGINT', ignoreSignal).on('SIGHUP', ignoreSignal);
  // One stray error must not take the site down while it is being worked on.
  process.on('uncaughtException', (error, origin) => worker.reportStray(error, origin));
  process.on('exit', (code) => worker.reportExit(code));
  const { abort } = process;
  process.abort = () => {
    worker.reportAbort();
    return abort();
  };

  process.debugPort = inspectorPort(process.pid);

  channel.sayBooted();
  // What the site prints may go to a pipe that nobody reads any longer, or to a disk that is full.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
}
