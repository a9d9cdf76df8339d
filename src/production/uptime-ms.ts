/** A monotonic time: milliseconds since the start of this process. `performance` would load `node:perf_hooks` first. */
export function uptimeMs(): number {
  return process.uptime() * 1000;
}
