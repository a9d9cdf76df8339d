/** Hooks that run in the process that has read wsgi.config.ts. */
export const ARBITER_HOOKS = [
  'onStarting',
  'whenReady',
  'preFork',
  'childExit',
  'onReload',
  'onExit',
] as const;

/** Hooks that run in each worker. */
export const WORKER_HOOKS = ['postFork', 'workerInt', 'workerExit', 'preRequest', 'postRequest'] as const;

export type ArbiterHookName = (typeof ARBITER_HOOKS)[number];
export type WorkerHookName = (typeof WORKER_HOOKS)[number];
export type HookName = ArbiterHookName | WorkerHookName;

export const HOOK_NAMES: readonly HookName[] = [...ARBITER_HOOKS, ...WORKER_HOOKS];

export function isHookName(name: string): name is HookName {
  return HOOK_NAMES.some((hook) => hook === name);
}

export function isWorkerHook(name: HookName): name is WorkerHookName {
  return WORKER_HOOKS.some((hook) => hook === name);
}
