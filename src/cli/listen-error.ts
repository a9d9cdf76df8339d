import { CommandError } from '../errors.ts';
import { type Address, DEFAULT_HOST, formatUrl, MAX_PORT } from './addrport.ts';
import { findPortHolder } from './find-port-holder.ts';
import { typedCommand } from './typed-command.ts';

/** Says in one line why an address could not be listened on, and what to type instead. */
export async function explainListenError(
  cause: NodeJS.ErrnoException,
  address: Address,
): Promise<CommandError> {
  const { host, port } = address;
  const shown = formatUrl(address).slice('http://'.length, -1);
  switch (cause.code) {
    case 'EADDRINUSE': {
      const holder = await findPortHolder(port);
      const stop = holder === undefined ? 'Stop the program that has it' : `Stop it (kill ${holder.pid})`;
      const who = holder === undefined ? '' : ` by '${holder.command}', process ${holder.pid}`;
      const free = port < MAX_PORT ? port + 1 : port - 1;
      const next =
        host === DEFAULT_HOST ? `${free}` : formatUrl({ host, port: free }).slice('http://'.length, -1);
      return new CommandError(`${shown} is already in use${who}.`, {
        hint: `${stop}, or type: ${typedCommand('runserver', [next])}`,
        cause,
      });
    }
    case 'EACCES':
      return new CommandError(`You have no permission to listen on ${shown}.`, {
        hint: `Ports below 1024 are the administrator’s; type: ${typedCommand('runserver', ['8000'])}`,
        cause,
      });
    case 'EADDRNOTAVAIL':
      return new CommandError(`${host} is not an address of this machine.`, {
        hint: `Use 127.0.0.1 for this machine only, or 0 for all of its addresses; type: ${typedCommand('runserver', [`0:${port}`])}`,
        cause,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(`There is no host named '${host}'.`, {
        hint: `Type: ${typedCommand('runserver', ['localhost:8000'])}`,
        cause,
      });
    default:
      return new CommandError(`Cannot listen on ${shown}: ${cause.message}.`, { cause });
  }
}
