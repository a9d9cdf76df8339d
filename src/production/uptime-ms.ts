/** Milliseconds since this process began: no change of the system's clock moves them. `performance` would load `node:perf_hooks` first. */
export function uptimeMs(): number {
  return process.uptime() * 1000;
}
