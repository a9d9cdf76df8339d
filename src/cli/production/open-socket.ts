import { explainListenError } from '../../arbiter/listen-error.ts';
import { ListeningSocket } from '../../arbiter/listening-socket.ts';
import { parseBind } from '../../production/binding/bind-address.ts';
import type { RunSettings } from '../../production/parent/site-to-run.ts';
import { formatHostPort } from '../../text/host-port.ts';
import { typedCommand } from '../typed-command.ts';

const ALL_MAY_CONNECT = 0o777;

/** Binds what one `--bind` asks for. @throws {CommandError} that says why it cannot be had, and what to do */
export async function openSocket(
  text: string,
  { backlog, umask = 0 }: RunSettings,
): Promise<ListeningSocket> {
  const address = parseBind(text);
  if (address.kind === 'fd') return ListeningSocket.open(address, { backlog });
  if (address.kind === 'unix')
    return ListeningSocket.open({ path: address.path, mode: ALL_MAY_CONNECT & ~umask }, { backlog });
  if (address.kind === 'systemd') throw new Error('not yet');
  return ListeningSocket.open(address, { backlog }).catch(async (error) => {
    throw await explainListenError(error, address, (next) =>
      typedCommand('runwsgi', ['-b', formatHostPort(next)]),
    );
  });
}
