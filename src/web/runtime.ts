const { deno, bun } = globalThis.process?.versions ?? {};

/** The current runtime, for code that must differ between runtimes. */
export const isDeno = deno !== undefined;
export const isBun = bun !== undefined;
