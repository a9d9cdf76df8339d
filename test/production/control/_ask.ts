/** A client, for another user: what it finds of a server, and what comes of all that it may try. */

import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { ControlClient } from '../../../src/production/control/control-client.ts';
import { findServers } from '../../../src/production/control/find-servers.ts';

const pid = Number(process.argv[2]);
const server = findServers({ env: process.env }).find((found) => found.pid === pid);
process.stdout.write(JSON.stringify({ found: server, ...(server && (await attempts(server.path))) }));

async function attempts(path: string) {
  return {
    secret: result(() => readdirSync(`/proc/${pid}/fd`)),
    asks: await ControlClient.connect({ path, pid })
      .then((client) => client?.ask({ command: 'status' }))
      .catch((error: Error) => error.message),
    guesses: await new Promise((resolve) => {
      const socket = connect(path, () => socket.write('{"v":1,"command":"status","secret":"1-2-3"}\n'));
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
      });
      socket.on('error', ({ message }) => resolve(message)).on('close', () => resolve(text.split('\n')[1]));
    }),
  };
}

function result(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
