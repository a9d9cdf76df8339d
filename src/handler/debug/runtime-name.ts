/** The name of the runtime, with its version if known: `Node 20.20.2`. */
export function runtimeName(): string {
  // Bun and Deno set `process.versions.node` too.
  const { bun, deno, node } = globalThis.process?.versions ?? {};
  if (bun) return `Bun ${bun}`;
  if (deno) return `Deno ${deno}`;
  if (node) return `Node ${node}`;
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent ?? 'an unknown runtime';
}
