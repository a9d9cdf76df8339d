import type { WorkerMainOptions } from '../../../worker/boot.ts';
import { ROLES } from '../../../worker/role.ts';
import { startWorker } from '../../../worker/worker-process.ts';
import type { FromConfigProcess, ToConfigProcess } from '../messages.ts';
import { ConfigReader } from './config-reader.ts';

/** The process that reads wsgi.config.ts and runs the hooks that are not for workers. */
export function main({ saveCode }: WorkerMainOptions): void {
  startWorker<ToConfigProcess, FromConfigProcess>(ROLES.configuration, (send) => {
    return new ConfigReader((message) => {
      send(message);
      if (message.type === 'config') setImmediate(saveCode);
    });
  });
}
