import { didYouMean } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { describeThrown } from '../../text/thrown-text.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Controllable, Outcome } from './controllable.ts';
import { COMMANDS, type ControlRequest } from './protocol.ts';

/** More workers than any machine needs. The limit protects against typing errors. */
const MAX_WORKERS = 1_024;

/** Performs a client's request and answers it. */
export async function obey(
  controllable: Controllable,
  request: ControlRequest,
  client: ClientConnection,
  root: string,
): Promise<void> {
  try {
    const mistake = mistakeIn(request, controllable);
    if (mistake === undefined) await DO[request.command](controllable, request, client, root);
    else client.end({ ok: false, reason: mistake });
  } catch (error) {
    client.end({ ok: false, reason: describeThrown(error) }); // It is an error of this package, which must not end the arbiter.
  }
}

type Do = (
  server: Controllable,
  request: ControlRequest,
  client: ClientConnection,
  root: string,
) => void | Promise<void>;

const DO: Readonly<Record<ControlRequest['command'], Do>> = {
  status: (server, _request, client, root) => client.end({ ok: true, root, status: server.status() }),
  reload: async (server, { site }, client) => report(server, await server.reload(site), client),
  scale: async (server, { workers, site }, client) =>
    report(server, await server.scale(workers!, site), client),
  // The connection stays open until the process ends, which the client waits for.
  stop: (server, { mode }, client) => client.send({ ok: true, pid: process.pid, ...server.stop(mode!) }),
  logs: follow,
  inject,
};

function report(server: Controllable, outcome: Outcome, client: ClientConnection): void {
  client.end(outcome.ok ? { ok: true, status: server.status() } : outcome);
}

function follow(server: Controllable, _request: ControlRequest, client: ClientConnection): void {
  client.send({ ok: true });
  client.followEnd(server.tail((line) => client.send({ ok: true, line })));
}

function inject(server: Controllable, { site }: ControlRequest, client: ClientConnection): void {
  const injection = server.inject(site);
  if (!injection.ok) {
    client.end(injection);
    return;
  }
  // The client waits for this line before it sends HTTP, so no HTTP is read here.
  client.send({ ok: true });
  injection.dispatch(client.release());
}

function mistakeIn(
  { command, site, workers, mode }: ControlRequest,
  server: Controllable,
): string | undefined {
  if (!COMMANDS.includes(command))
    return `This server has no command ${quote(command)}. Its commands are: ${COMMANDS.join(', ')}.`;
  const names = server.status().sites.map(({ name }) => name);
  if (site !== undefined && !names.includes(site)) {
    const known = names.map(quote).join(', ');
    return `There is no site ${quote(site)}, only ${known}. ${didYouMean(`${site}`, names) ?? ''}`.trimEnd();
  }
  const needsOne = command === 'scale' || command === 'inject';
  if (needsOne && site === undefined && names.length > 1) {
    return `The server has several sites. Name one of ${names.map(quote).join(', ')}.`;
  }
  const isCount = Number.isInteger(workers) && workers! >= 1 && workers! <= MAX_WORKERS;
  if (command === 'scale' && !isCount)
    return `Expected 1 to ${MAX_WORKERS} workers, found ${quote(workers)}.`;
  if (command === 'stop' && mode !== 'graceful' && mode !== 'quick') {
    return `Expected 'graceful' or 'quick', found ${quote(mode)}.`;
  }
  return undefined;
}
