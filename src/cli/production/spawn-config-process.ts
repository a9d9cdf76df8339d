import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { ConfigProcessHandle } from '../../production/config-process/first-answer.ts';
import { FROM_CONFIG_PROCESS } from '../../production/config-process/messages.ts';
import { ourOutput, workerStart } from '../spawn-worker.ts';

/**
 * Starts a process that reads wsgi.config.ts or checks a site, with our outputs.
 *
 * @param cwd The folder where we were started.
 * @param env @default our environment
 */
export function spawnConfigProcess(cwd: string, env?: NodeJS.ProcessEnv): ConfigProcessHandle {
  return new WorkerHandle(
    workerStart('production/config-process', cwd, FROM_CONFIG_PROCESS, env),
    ourOutput(),
  );
}
