/** An arbiter in a process of its own, with one worker: it serves on descriptor 3, which it has inherited. */

import { Generation } from '../../src/arbiter/generation.ts';
import { ListeningSocket } from '../../src/arbiter/listening-socket.ts';
import { WorkerPool } from '../../src/arbiter/worker-pool.ts';
import type { SharedToArbiter } from '../../src/worker/messages.ts';
import { spawnWorker, type Worker } from './_spawn-worker.ts';

const [script, behaviour] = process.argv.slice(2) as [string, string];
const print = (text: string) => void process.stdout.write(`${text}\n`);
const socket = await ListeningSocket.open({ fd: 3 });
const generation = new Generation<SharedToArbiter, Worker>({
  pool: new WorkerPool(),
  size: 1,
  spawn: () => spawnWorker(script, JSON.parse(behaviour)),
  onBooted: (worker) => socket.giveTo(worker),
  onLeft: (_worker, exit) => print(`exit ${exit?.code}`),
  onMessage: (message) => {
    if (message.type === 'exiting') print(`exiting ${message.code} ${message.stack.split('\n')[0]}`);
  },
});
generation.start();
await generation.ready;
print(`ready ${generation.workers[0]!.pid}`);
