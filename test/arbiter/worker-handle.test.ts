import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { isAlive } from '../e2e/_runserver.ts';
import { spawnWorker, type Worker } from './_spawn-worker.ts';

test('the end of a worker is complete even if a listener of its exit throws', async () => {
  const folder = temporaryFolder({ 'worker.cjs': 'process.exit(3)' });
  const worker = spawnWorker(`${folder}/worker.cjs`);
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  worker.listen({
    onMessage() {},
    onExit({ code }) {
      throw new Error(`code ${code}`);
    },
  });
  expect(await thrown).toEqual(new Error('code 3'));
  await worker.ended;
});

test.each([
  ['SIGTERM', '', 60_000],
  ['SIGKILL', `process.on('SIGTERM', () => {});`, 1],
  ['SIGKILL', '', 0],
])('a worker that has closed its channel is ended by %s: %j', async (signal, code, cutOffMs) => {
  const folder = temporaryFolder({
    'worker.cjs': `
      const channel = Number(process.env.NODE_CHANNEL_FD ?? 3);
      ${code}
      setInterval(() => {}, 1_000);
      process.on('message', () => {});
      // By then, Node reads from it. Otherwise libuv aborts the process.
      setImmediate(() => setImmediate(() => require('node:fs').closeSync(channel)));`,
  });
  const worker = spawnWorker(`${folder}/worker.cjs`, {}, cutOffMs);
  const exit = await new Promise((onExit) => worker.listen({ onMessage() {}, onExit }));
  expect(exit).toEqual({ code: null, signal, isCutOff: true });
  await worker.ended;
});

/** Waits without a turn of the event loop. */
function waitForEndOf(pid: number): void {
  while (isAlive(pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

// The system reports in one signal that children have ended, so that with the end of one, another's is seen at once.
test.runIf(process.platform === 'linux')(
  'the messages that a worker sent before its end are received before its exit is reported',
  async () => {
    const folder = temporaryFolder({
      'worker.cjs': `
        const { existsSync } = require('node:fs');
        process.send(['', { type: 'booted' }]);
        process.once('message', ([key]) => {
          process.send([key, { type: 'pong', openRequests: 0 }]);
          setInterval(() => {
            if (!existsSync(__dirname + '/end')) return;
            process.send([key, { type: 'exiting', code: 7, stack: '' }]);
            process.exit(7);
          }, 5);
        });`,
    });
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [connection] = (await once(server, 'connection')) as [Socket];
    const worker = spawnWorker(`${folder}/worker.cjs`);
    onTestFinished(() => {
      worker.kill();
      client.destroy();
      server.close();
    });
    const said: string[] = [];
    connection.on('data', () => {
      writeFileSync(`${folder}/end`, '');
      waitForEndOf(worker.pid!);
    });
    worker.listen({
      onMessage({ type }) {
        said.push(type);
        if (type === 'booted') worker.send({ type: 'accepted' });
        if (type !== 'pong') return;
        // One turn sees both: what the client sends, and then the signal for the other process.
        client.write('end');
        waitForEndOf(spawn('true').pid!);
      },
      onExit: ({ code }) => said.push(`exit ${code}`),
    });
    await worker.ended;
    expect(said).toEqual(['booted', 'pong', 'exiting', 'exit 7']);
  },
);

/** A worker that does not run, and has been sent a connection. */
async function sendToStopped(): Promise<{ worker: Worker; client: Socket }> {
  const folder = temporaryFolder({ 'worker.cjs': 'setInterval(() => {}, 1000)' });
  const worker = spawnWorker(`${folder}/worker.cjs`);
  process.kill(worker.pid!, 'SIGSTOP');
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  onTestFinished(() => {
    worker.kill();
    client.destroy();
    server.close();
  });
  const [connection] = await once(server, 'connection');
  worker.send({ type: 'accepted' }, connection);
  return { worker, client };
}

test('a connection that a worker had not received before its end is returned open', async () => {
  const { worker, client } = await sendToStopped();
  const returned = new Promise<[Socket, unknown]>((resolve) => {
    worker.listen({
      onMessage() {},
      onExit() {},
      onReturned: (connection, message) => resolve([connection, message]),
    });
  });
  worker.kill();
  const [connection, message] = await returned;
  expect(message).toEqual({ type: 'accepted' });
  connection.end('answer');
  expect(String((await once(client, 'data'))[0])).toBe('answer');
});

test.each(['kill', 'discard'] as const)(
  'a connection that nothing takes back is closed when its worker has ended by %s()',
  async (end) => {
    const { worker, client } = await sendToStopped();
    const onReturned = end === 'discard' && { onReturned: () => expect.unreachable() };
    worker.listen({ onMessage() {}, onExit() {}, ...onReturned });
    worker[end]();
    await once(client, 'close');
  },
);

/** Takes two connections, releases the first, and ends with the second. */
const TAKES_TWO = `
  let taken = 0;
  process.on('message', ([key], socket) => {
    taken += 1;
    process.send([key, { type: 'taken' }]);
    if (taken === 1) process.send([key, { type: 'released', id: 1 }], () => socket.end('answer'));
    else process.exit(5);
  });
  process.send(['', { type: 'booted' }]);`;

test('a connection that a worker received and did not release is returned after its end', async () => {
  const worker = spawnWorker(`${temporaryFolder({ 'worker.cjs': TAKES_TWO })}/worker.cjs`);
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    worker.kill();
    server.close();
  });
  const unanswered = new Promise<[Socket, number, unknown]>((resolve) => {
    worker.listen({
      onMessage() {},
      onExit() {},
      onUnanswered: (connection, id, exit) => resolve([connection, id, exit]),
    });
  });
  const clients: Socket[] = [];
  for (let n = 0; n < 2; n++) {
    clients.push(net.connect(port, '127.0.0.1'));
    const [connection] = await once(server, 'connection');
    worker.send({ type: 'accepted' }, connection);
  }
  expect(String(Buffer.concat(await clients[0]!.toArray()))).toBe('answer');
  const [connection, id, exit] = await unanswered;
  expect([id, exit]).toEqual([2, { code: 5, signal: null }]);
  connection.end('in its place');
  expect(String(Buffer.concat(await clients[1]!.toArray()))).toBe('in its place');
});
