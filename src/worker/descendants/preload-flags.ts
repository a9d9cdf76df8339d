import { fileURLToPath } from 'node:url';

/** Node options that make a process load the site's TypeScript. Its threads and child processes inherit them. */
export const PRELOAD_FLAGS: readonly string[] = [
  '--require',
  fileURLToPath(new URL('../worker/descendants/preload.cjs', import.meta.url)),
];
