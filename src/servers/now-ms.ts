/**
 * A monotonic time in milliseconds: as `performance.now()`, for which Node would first have to load `node:perf_hooks`.
 */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
