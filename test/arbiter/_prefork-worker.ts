/** A worker of a small prefork server, in a process of its own: no loader, one application. Its arguments say how it behaves. */

import type { Server, Socket } from 'node:net';
import { createHttpServer } from '../../src/servers/index.ts';
import type { SharedToArbiter, SharedToWorker } from '../../src/worker/messages.ts';
import { ROLES } from '../../src/worker/role.ts';
import { startWorker } from '../../src/worker/worker-process.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';

export interface Behaviour {
  readonly role: keyof typeof ROLES;
  /** The text of its responses, before its process id. */
  readonly says: string;
  /** What it does in the place of getting ready. */
  readonly broken?: 'exits' | 'fails' | 'hangs';
}

const { role, says, broken } = JSON.parse(process.argv[2]!) as Behaviour;

const application: WSGIApplication = async ({ PATH_INFO }, startResponse) => {
  if (PATH_INFO === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
  if (PATH_INFO === '/endless') await new Promise(() => {});
  if (PATH_INFO === '/stray') setTimeout(() => Promise.reject(new Error('stray')));
  if (PATH_INFO === '/spin') for (;;);
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(`${says} ${process.pid}`)];
};

const server = createHttpServer(application);

startWorker<SharedToWorker, SharedToArbiter>(ROLES[role], (send) => {
  const ready = () => send({ type: 'ready' });
  return {
    get openRequests() {
      return server.openRequests;
    },
    receive(message, handle) {
      if (message.type === 'accepted') server.accept(handle as Socket, Buffer.alloc(0));
      if (message.type !== 'listen' || broken === 'hangs') return;
      if (broken === 'exits') process.exit(3);
      if (broken === 'fails') send({ type: 'ready', failure: { name: 'Error', message: 'no site' } });
      else if (handle) void server.listen(handle as Server, message.backlog).then(ready);
      else ready();
    },
    // As production's: on a busy machine a client may be slow to send what it has connected for.
    drain: (timeoutMs) => server.close({ timeoutMs, graceMs: Math.min(2_000, timeoutMs / 2) }),
  };
});
