/**
 * An arbiter's binding in a process of its own. It serves by itself, in the place of workers: to each connection it says
 * its first argument and its process id. The other arguments are `--bind` values.
 *
 * Prints where it is bound, as JSON, or the error. SIGUSR2 hands its sockets over to a new process, SIGTERM closes them.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type Server } from 'node:net';
import { parseBind } from '../../../src/production/binding/bind-address.ts';
import { bindAll, handOverSockets } from '../../../src/production/binding/bound-socket.ts';
import {
  inheritedBinds,
  readInheritedSockets,
  withoutServiceVariables,
} from '../../../src/production/binding/inherited-sockets.ts';

const [says, ...binds] = process.argv.slice(2);
const inherited = readInheritedSockets(process.env, process.pid);
const addresses = binds.length > 0 ? binds.map(parseBind) : inheritedBinds(inherited);
const sockets = await bindAll(addresses, { inherited, typed: (bind) => bind }).catch((error) => {
  process.stdout.write(`${JSON.stringify({ error: error.message, hint: error.hint })}\n`);
  process.exit(1);
});

for (const socket of sockets) {
  socket.takeOver();
  const server = net.createServer((client) => client.end(`${says} ${process.pid}`));
  const send = (_message: unknown, handle: unknown) => void server.listen(handle as Server);
  socket.giveTo({ send } as Parameters<typeof socket.giveTo>[0]);
}
const services = Object.keys(withoutServiceVariables(process.env)).filter((name) =>
  /^(?:LISTEN_|NOTIFY_|WATCHDOG_|RUNWSGI_)/.test(name),
);
process.stdout.write(`${JSON.stringify({ served: sockets.map((socket) => socket.servedAt()), services })}\n`);

process.on('SIGTERM', () => {
  for (const socket of sockets) socket.close();
  process.exit(0);
});
process.on('SIGUSR2', async () => {
  const { stdio, env } = handOverSockets(sockets);
  const next = spawn(process.execPath, [process.argv[1]!, 'second', ...binds], {
    stdio: ['ignore', 'pipe', 'inherit', ...stdio],
    env: { ...process.env, ...env },
  });
  await once(next.stdout!, 'data');
  process.stdout.write(`${JSON.stringify({ next: next.pid })}\n`);
  for (const socket of sockets) socket.handOver();
  for (const socket of sockets) socket.close();
  process.exit(0);
});
