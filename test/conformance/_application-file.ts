import { fileURLToPath } from 'node:url';

/** The module whose export `application` has all applications of the suite, for subjects in other processes. */
export const APPLICATION_FILE = fileURLToPath(new URL('./applications/index.ts', import.meta.url));
