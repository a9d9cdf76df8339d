import { CommandError } from '../errors.ts';
import { formatHostPort, MAX_PORT } from '../text/host-port.ts';
import { findPortHolder } from './find-socket-holder.ts';

/** A TCP address as the user wrote it. */
interface HostPort {
  readonly host: string;
  readonly port: number;
}

const USUAL_PORT = 8000;

/**
 * Explains in one line why the server cannot listen on an address, with a command that works.
 *
 * @param typed The command for another address: `npx runserver 8001`.
 */
export async function explainListenError(
  cause: NodeJS.ErrnoException,
  address: HostPort,
  typed: (address: HostPort) => string,
): Promise<CommandError> {
  const { host, port } = address;
  const shown = formatHostPort(address);
  switch (cause.code) {
    case 'EADDRINUSE': {
      const holder = await findPortHolder(port);
      if (holder?.pid === process.pid)
        return new CommandError(`${shown} overlaps with an address that this server uses.`, {
          hint: 'Leave one of them out, or restart the server with the new one.',
          cause,
        });
      const stop = holder === undefined ? 'Stop the program that has it' : `Stop it (kill ${holder.pid})`;
      const who = holder === undefined ? '' : ` by '${holder.command}', process ${holder.pid}`;
      const free = port < MAX_PORT ? port + 1 : port - 1;
      return new CommandError(`${shown} is already in use${who}.`, {
        hint: `${stop}, or type: ${typed({ host, port: free })}`,
        cause,
      });
    }
    case 'EACCES':
      return new CommandError(`You have no permission to listen on ${shown}.`, {
        hint: `Ports below 1024 need administrator rights; type: ${typed({ host, port: USUAL_PORT })}`,
        cause,
      });
    case 'EADDRNOTAVAIL':
      return new CommandError(`${host} is not an address of this machine.`, {
        hint: `Use 127.0.0.1 for this machine only, or 0 for all of its addresses; type: ${typed({ host: '0', port })}`,
        cause,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(`There is no host named '${host}'.`, {
        hint: `Type: ${typed({ host: 'localhost', port: USUAL_PORT })}`,
        cause,
      });
    default:
      return new CommandError(`Cannot listen on ${shown}: ${cause.message}.`, { cause });
  }
}
