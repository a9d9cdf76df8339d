const FIRST_PORT = 20_000;
const PORTS = 12_000;

/**
 * Where a worker's inspector listens, on 127.0.0.1, should the arbiter call for it (SIGUSR1). Both know it from the
 * process id alone, since a worker that hangs tells nothing. Below the ports that connections are given.
 */
export function inspectorPort(pid: number): number {
  return FIRST_PORT + (pid % PORTS);
}
