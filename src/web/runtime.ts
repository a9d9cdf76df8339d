const { deno, bun } = globalThis.process?.versions ?? {};

/** Where this runs, for what these runtimes do otherwise than the rest. */
export const isDeno = deno !== undefined;
export const isBun = bun !== undefined;
