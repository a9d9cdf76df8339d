import { fstatSync } from 'node:fs';
import { CommandError } from '../../errors.ts';
import type { BindAddress } from './bind-address.ts';

/** A socket that this process has inherited from systemd, or from an arbiter that it replaces. */
export interface InheritedSocket {
  readonly fd: number;
  /** Its name in systemd (`FileDescriptorName=`). Several sockets may have the same name. */
  readonly name?: string;
  /** Its key in the replaced arbiter: see `socketKeys()`. */
  readonly bind?: string;
  /** Whether the file of a unix socket is removed when this process closes it. */
  readonly ownsFile?: boolean;
}

/** The environment variable with the list of sockets that an arbiter passes to its successor. */
const HANDED_OVER = 'RUNWSGI__SOCKETS';

/** The environment variable with the names of sites that the replaced arbiter does not serve either. */
const NOT_SERVED = 'RUNWSGI__NOT_SERVED';

/** The variables of systemd that are valid only in the process with the id LISTEN_PID. */
const OF_ONE_PROCESS = ['LISTEN_FDS', 'LISTEN_FDNAMES', 'LISTEN_PID', 'LISTEN_PIDFDID', 'WATCHDOG_PID'];

/** The variables that an arbiter receives from systemd or from another arbiter. Workers must not get them. */
const OF_ARBITER = new Set([...OF_ONE_PROCESS, 'NOTIFY_SOCKET', 'WATCHDOG_USEC', HANDED_OVER, NOT_SERVED]);

/** The first descriptor that systemd passes. */
const FIRST_FD = 3;

/** Copies an environment for workers, without the variables for the arbiter. */
export function withoutServiceVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ARBITER.has(name)));
}

/**
 * The sockets that this process inherited. Sockets of systemd are used only if `LISTEN_PID` is this process: a command
 * that a shell or `npm` starts has a process id of its own, so a unit must run `node` or `runwsgi` itself.
 *
 * @example readInheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'web' }, 7) // [{ fd: 3, name: 'web' }]
 */
export function readInheritedSockets(env: NodeJS.ProcessEnv, pid: number): readonly InheritedSocket[] {
  const handedOver = env[HANDED_OVER];
  if (handedOver !== undefined) return JSON.parse(handedOver);
  const count = Number(env.LISTEN_FDS);
  if (Number(env.LISTEN_PID) !== pid || !Number.isSafeInteger(count) || count < 1) return [];
  const names = env.LISTEN_FDNAMES?.split(':') ?? [];
  return Array.from({ length: count }, (_, index) => ({
    fd: FIRST_FD + index,
    name: names[index] ?? 'unknown', // The same default as in systemd's sd_listen_fds_with_names().
  }));
}

/** Whether this process replaces another server, from which it has inherited the sockets. */
export function isSuccessor(inherited: readonly InheritedSocket[]): boolean {
  return inherited.some(({ bind }) => bind !== undefined);
}

/** The names of the sites that the replaced server does not serve. They lose nothing when it ends. */
export function sitesNotServed(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  return new Set(JSON.parse(env[NOT_SERVED] ?? '[]'));
}

/** The addresses without `--bind`: all sockets that systemd passes. Empty without systemd. */
export function inheritedBinds(inherited: readonly InheritedSocket[]): readonly BindAddress[] {
  return inherited.flatMap(({ fd, name, bind }): BindAddress[] => {
    if (name !== undefined) return [{ kind: 'fd', fd }];
    const [, before] = /^fd:\/\/(\d+)$/.exec(bind ?? '') ?? [];
    return before === undefined ? [] : [{ kind: 'fd', fd: Number(before) }];
  });
}

/** The inherited sockets for a `--bind`: one or more; none for an address that must still be bound. */
export function findInherited(
  key: string,
  address: BindAddress,
  inherited: readonly InheritedSocket[],
): readonly InheritedSocket[] {
  const handedOver = inherited.filter(({ bind }) => bind === key);
  if (handedOver.length > 0) return handedOver;
  if (address.kind === 'fd') {
    checkDescriptor(address.fd);
    return [{ fd: address.fd }];
  }
  if (address.kind !== 'systemd') return [];
  const named = inherited.filter(({ name }) => name === address.name);
  if (named.length > 0) return named;
  const names = [...new Set(inherited.flatMap(({ name }) => name ?? []))];
  throw new CommandError(`systemd passes no socket named '${address.name}' to this process.`, {
    hint:
      names.length > 0
        ? `It passes: ${names.join(', ')}.`
        : 'Start the unit by its .socket unit, and let ExecStart= run node or runwsgi itself, not npm or a shell.',
  });
}

/**
 * The environment variables that pass an arbiter's sockets to its successor. Variables of systemd that are valid in one
 * process only are unset.
 *
 * @param notServed The names of sites without a running worker.
 */
export function handOverVariables(
  sockets: readonly InheritedSocket[],
  notServed: readonly string[] = [],
): Readonly<Record<string, string | undefined>> {
  const unset = Object.fromEntries([...OF_ONE_PROCESS].map((name) => [name, undefined]));
  return { ...unset, [HANDED_OVER]: JSON.stringify(sockets), [NOT_SERVED]: JSON.stringify(notServed) };
}

/** @throws {CommandError} */
function checkDescriptor(fd: number): void {
  let isSocket: boolean;
  try {
    isSocket = fstatSync(fd).isSocket();
  } catch (cause) {
    throw new CommandError(`fd://${fd}: this process has no open descriptor ${fd}.`, {
      hint: 'The process that starts the server must pass a listening socket under that number.',
      cause,
    });
  }
  if (!isSocket)
    throw new CommandError(`fd://${fd}: descriptor ${fd} is not a socket.`, {
      hint: 'The process that starts the server must pass a listening socket under that number.',
    });
}
