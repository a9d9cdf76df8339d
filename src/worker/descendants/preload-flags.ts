import { fileURLToPath } from 'node:url';

/** Node's options for a process whose threads and child processes load the site's TypeScript: they inherit them. */
export const PRELOAD_FLAGS: readonly string[] = [
  '--require',
  fileURLToPath(new URL('../worker/descendants/preload.cjs', import.meta.url)),
];
