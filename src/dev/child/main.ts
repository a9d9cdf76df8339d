import type { WorkerMainOptions } from '../../worker/boot.ts';
import { ROLES } from '../../worker/role.ts';
import { startWorker } from '../../worker/worker-process.ts';
import { DevWorker } from './dev-worker.ts';

/** The main function of a worker process of the development server. */
export function main({ saveCode }: WorkerMainOptions): void {
  startWorker(ROLES.development, (send) => {
    const writeError = (text: string) => process.stderr.write(text);
    const worker = new DevWorker({ send, writeError, saveCode });
    process.once('exit', () => worker.tellAnswered());
    return worker;
  });
}
