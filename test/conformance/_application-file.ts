import { fileURLToPath } from 'node:url';

/** The module whose export `application` has all applications of the suite, for subjects in other processes. */
export const APPLICATION_FILE = fileURLToPath(new URL('./applications/index.ts', import.meta.url));

/** The same with those that need nothing of Node. */
export const PORTABLE_APPLICATION_FILE = fileURLToPath(
  new URL('./applications/portable.ts', import.meta.url),
);
