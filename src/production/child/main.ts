import { ArbiterChannel } from '../../worker/arbiter-channel.ts';
import type { WorkerMainOptions } from '../../worker/boot.ts';
import { ROLES } from '../../worker/role.ts';
import { WorkerProcess } from '../../worker/worker-process.ts';
import type { ToArbiter, ToWorker } from '../messages.ts';
import { ProductionWorker } from './production-worker.ts';

/** A worker process of the production server. */
export function main({ saveCode }: WorkerMainOptions): void {
  const channel = new ArbiterChannel<ToWorker, ToArbiter>();
  const worker = new ProductionWorker({ send: (message) => channel.send(message), saveCode });
  new WorkerProcess(ROLES.production, channel, worker).start();
}
