import { ArbiterChannel } from '../../../worker/arbiter-channel.ts';
import type { WorkerMainOptions } from '../../../worker/boot.ts';
import { ROLES } from '../../../worker/role.ts';
import { WorkerProcess } from '../../../worker/worker-process.ts';
import type { FromConfigProcess, ToConfigProcess } from '../messages.ts';
import { ConfigReader } from './config-reader.ts';

/** The process that reads wsgi.config.ts, and runs the hooks that are not for workers. */
export function main({ saveCode }: WorkerMainOptions): void {
  const channel = new ArbiterChannel<ToConfigProcess, FromConfigProcess>();
  const reader = new ConfigReader((message) => {
    channel.send(message);
    if (message.type === 'config') setImmediate(saveCode);
  });
  new WorkerProcess(ROLES.configuration, channel, reader).start();
}
