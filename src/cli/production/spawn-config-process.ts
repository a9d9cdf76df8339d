import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { ConfigProcessHandle } from '../../production/config-process/first-answer.ts';
import { FROM_CONFIG_PROCESS } from '../../production/config-process/messages.ts';
import { ourOutput, workerStart } from '../spawn-worker.ts';

/**
 * Starts the process that reads wsgi.config.ts, whose output goes where ours goes.
 *
 * @param cwd Where we were started.
 */
export function spawnConfigProcess(cwd: string): ConfigProcessHandle {
  return new WorkerHandle(workerStart('production/config-process', cwd, FROM_CONFIG_PROCESS), ourOutput());
}
