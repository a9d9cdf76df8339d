import { ArbiterChannel } from '../../worker/arbiter-channel.ts';
import type { WorkerMainOptions } from '../../worker/boot.ts';
import { ROLES } from '../../worker/role.ts';
import { WorkerProcess } from '../../worker/worker-process.ts';
import type { ToArbiter, ToWorker } from '../messages.ts';
import { DevWorker } from './dev-worker.ts';

/** A worker process of the development server. */
export function main({ saveCode }: WorkerMainOptions): void {
  const channel = new ArbiterChannel<ToWorker, ToArbiter>();
  const worker = new DevWorker({
    send: (message) => channel.send(message),
    writeError: (text) => process.stderr.write(text),
    saveCode,
  });
  process.once('exit', () => worker.tellAnswered());
  new WorkerProcess(ROLES.development, channel, worker).start();
}
