import { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { ConfigProcessHandle } from '../../production/config-process/first-answer.ts';
import { FROM_CONFIG_PROCESS } from '../../production/config-process/messages.ts';
import { ourOutput, workerStart } from '../spawn-worker.ts';

/**
 * Starts a process that reads wsgi.config.ts or checks a site, whose output goes where ours goes.
 *
 * @param cwd Where we were started.
 * @param env @default ours
 */
export function spawnConfigProcess(cwd: string, env?: NodeJS.ProcessEnv): ConfigProcessHandle {
  return new WorkerHandle(
    workerStart('production/config-process', cwd, FROM_CONFIG_PROCESS, env),
    ourOutput(),
  );
}
