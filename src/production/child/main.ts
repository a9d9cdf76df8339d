import type { WorkerMainOptions } from '../../worker/boot.ts';
import { ROLES } from '../../worker/role.ts';
import { startWorker } from '../../worker/worker-process.ts';
import { ProductionWorker } from './production-worker.ts';

/** A worker process of the production server. */
export function main({ saveCode }: WorkerMainOptions): void {
  startWorker(ROLES.production, (send) => new ProductionWorker({ send, saveCode }));
}
