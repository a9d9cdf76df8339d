const FIRST_PORT = 20_000;
const PORTS = 12_000;

/**
 * The port of a worker's inspector on 127.0.0.1, if the arbiter opens it (SIGUSR1). Arbiter and worker compute it from
 * the process id, since a blocked worker cannot send it. It is below the range of ports that the system uses for
 * outgoing connections.
 */
export function inspectorPort(pid: number): number {
  return FIRST_PORT + (pid % PORTS);
}
