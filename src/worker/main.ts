import { ArbiterChannel } from './arbiter-channel.ts';
import { DevWorker } from './dev-worker.ts';
import { inspectorPort } from './inspector-port.ts';

/**
 * A worker process: the child's side of the channel to the arbiter.
 *
 * @param saveCode Keeps what has been compiled of our own modules. Called when a site has been loaded and used.
 */
export function main({ saveCode }: { readonly saveCode: () => void }): void {
  const channel = new ArbiterChannel();
  const worker = new DevWorker({
    send: (message) => channel.send(message),
    exit: (code) => process.exit(code),
    env: process.env,
    writeError: (text) => process.stderr.write(text),
    saveCode,
  });

  channel.listen((message, socket) => worker.receive(message, socket));
  // Without its arbiter a worker has no purpose, whatever ended it.
  process.on('disconnect', () => process.exit(0));
  // The arbiter decides what an interrupt from the terminal means, and the terminal sends it to all of us.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  // One stray error must not take the site down while it is being worked on.
  process.on('uncaughtException', (error, origin) => worker.reportStray(error, origin));
  process.on('exit', (code) => worker.reportExit(code));

  process.debugPort = inspectorPort(process.pid);

  channel.sayBooted();
  // What the site prints may go to a pipe that nobody reads any longer, or to a disk that is full.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
}
