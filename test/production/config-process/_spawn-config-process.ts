import { fileURLToPath } from 'node:url';
import { WorkerHandle } from '../../../src/arbiter/worker-handle.ts';
import type { ConfigProcessHandle } from '../../../src/production/config-process/first-answer.ts';
import { FROM_CONFIG_PROCESS } from '../../../src/production/config-process/messages.ts';

const BOOT = fileURLToPath(new URL('../../../dist/worker/boot.cjs', import.meta.url));

/** Starts the process that reads a configuration, as it was built. Nobody reads what it prints. */
export function spawnConfigProcess(cwd: string): ConfigProcessHandle {
  const { env, execPath } = process;
  const script = [BOOT, 'production/config-process'] as const;
  return new WorkerHandle(
    { script, env, flags: [], cwd, checks: FROM_CONFIG_PROCESS },
    {
      env: {},
      stdio: ['pipe', 'pipe'],
      command: (execArgv) => ({ execPath, execArgv }),
      forward: ({ stdout, stderr }) => [stdout, stderr].forEach((output) => void output?.resume()),
    },
  );
}
