import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ControlClient } from '../../../src/production/control/control-client.ts';
import { ControlServer } from '../../../src/production/control/control-server.ts';
import type { Controllable, ServerStatus } from '../../../src/production/control/controllable.ts';
import { RecentLines } from '../../../src/production/control/recent-lines.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const STATUS: ServerStatus = {
  pid: process.pid,
  version: '0.1.0',
  node: process.version,
  startedAt: new Date().toISOString(),
  sites: [{ name: 'blog', addresses: [], generation: 1, state: 'serving', workers: [] }],
};

/** A server that is asked, with a log. */
async function open(overrides: Partial<Controllable> = {}) {
  const log = new RecentLines();
  let followers = 0;
  const controllable: Controllable = {
    status: () => STATUS,
    reload: async () => ({ ok: true }),
    stop: () => ({ withinMs: 0 }),
    scale: async () => ({ ok: true }),
    tail(listener) {
      const stop = log.tail(listener);
      followers++;
      return () => {
        followers--;
        stop();
      };
    },
    inject: () => ({ ok: false, reason: 'No worker serves.' }),
    ...overrides,
  };
  const server = new ControlServer({ controllable, root: '/srv' });
  const place = path.join(temporaryFolder(), 'control');
  await server.listen(place);
  onTestFinished(() => server.close());
  const ask = async (command: 'status' | 'reload' | 'logs') => {
    const client = (await ControlClient.connect({ path: place, pid: 0 }))!;
    onTestFinished(() => client.close());
    return { client, reply: await client.ask({ command }) };
  };
  return { place, log, ask, followers: () => followers };
}

/** A client that does as it likes. It has been greeted. */
async function intrude(place: string): Promise<Socket> {
  const socket = net.connect(place);
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'data');
  return socket;
}

/** Its end, whatever kind it is. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()).resume());
}

/** So long that the server has done what it had to do before. */
async function roundTrip(place: string): Promise<void> {
  (await intrude(place)).destroy();
}

async function answerTo(place: string, text: string): Promise<unknown> {
  const socket = await intrude(place);
  socket.write(text);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  await closed(socket);
  return answer === '' ? undefined : JSON.parse(answer);
}

/** The server's time-outs pass when the test says so, however long the machine takes. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

test('a client that says nothing is disconnected after two seconds', async () => {
  stopClock();
  const { place } = await open();
  const socket = await intrude(place);
  let isClosed = false;
  const end = closed(socket).then(() => {
    isClosed = true;
  });
  vi.advanceTimersByTime(1_999);
  await roundTrip(place);
  expect(isClosed).toBe(false);
  vi.advanceTimersByTime(1);
  await end;
});

test('one that says what it wants a byte a time is, too', async () => {
  stopClock();
  const { place } = await open();
  const socket = await intrude(place);
  const end = closed(socket);
  for (let second = 0; second < 2; second++) {
    socket.write(' ');
    await roundTrip(place);
    vi.advanceTimersByTime(1_000);
  }
  await end;
});

test('one that says more than a request can be is disconnected at once', async () => {
  stopClock();
  const { place } = await open();
  expect(await answerTo(place, 'x'.repeat(100_000))).toBeUndefined();
  expect(await answerTo(place, `${'x'.repeat(5_000)}\n`)).toBeUndefined();
  expect(await answerTo(place, '{"v":1,"command":"status"}\n{"v":1,"command":"status"}\n')).toBeUndefined();
});

test.each([
  ['no JSON\n', 'another version'],
  ['null\n', 'another version'],
  ['{"v":2,"command":"status"}\n', 'version 1'],
  ['{"v":1}\n', 'This server has no command undefined'],
  ['{"v":1,"command":"toString"}\n', "This server has no command 'toString'"],
  ['{"v":1,"command":["status"]}\n', "This server has no command ['status']"],
  ['{"v":1,"command":"reload","site":"shop"}\n', "There is no site 'shop', only 'blog'."],
  ['{"v":1,"command":"reload","site":{}}\n', "There is no site an object, only 'blog'."],
  ['{"v":1,"command":"scale","workers":"2"}\n', "Expected 1 to 1024 workers, found '2'."],
  ['{"v":1,"command":"scale","workers":1e9}\n', 'Expected 1 to 1024 workers'],
  ['{"v":1,"command":"stop","mode":"now"}\n', "Expected 'graceful' or 'quick', found 'now'."],
  ['{"v":1,"command":"inject"}\n', 'No worker serves.'],
])('what is not a request gets a reason: %s', async (text, reason) => {
  const { place } = await open();
  expect(await answerTo(place, text)).toEqual({ v: 1, ok: false, reason: expect.stringContaining(reason) });
});

test('many that say nothing keep nobody out', async () => {
  const { place, ask } = await open();
  const silent = await Promise.all(Array.from({ length: 32 }, () => intrude(place)));
  const first = closed(silent[0]!);
  expect((await ask('status')).reply.status).toEqual(STATUS);
  await first;
  expect(silent[31]!.destroyed).toBe(false);
  const ends = silent.slice(1).map(closed);
  await Promise.all(Array.from({ length: 200 }, () => intrude(place).catch(() => {})));
  await Promise.all(ends);
});

test('of many that wait, one too many is told so', async () => {
  const { ask } = await open();
  for (let count = 0; count < 32; count++) await ask('logs');
  await expect(ask('status')).rejects.toThrow('32 clients are connected already.');
});

test('one that does not read what it follows loses lines, and learns how many', async () => {
  const { place, log } = await open();
  const socket = await intrude(place);
  const lines = createInterface(socket);
  const seen: { readonly line?: string; readonly dropped?: number }[] = [];
  socket.write('{"v":1,"command":"logs"}\n');
  await once(lines, 'line');
  socket.pause();
  for (let count = 0; count < 1_000; count++) log.add('x'.repeat(8_000));
  lines.on('line', (line) => seen.push(JSON.parse(line)));
  socket.resume();
  while (seen.at(-1)?.dropped === undefined) await once(lines, 'line');
  expect(seen.length + seen.at(-1)!.dropped! - 1).toBe(1_000);
  expect(seen.length).toBeLessThan(200);
});

test('one that goes is not sent anything more', async () => {
  const { ask, log, followers } = await open();
  const { client } = await ask('logs');
  expect(followers()).toBe(1);
  client.close();
  while (followers() > 0) await new Promise((resolve) => setImmediate(resolve));
  log.add('for nobody');
});

test('one that talks while it follows is disconnected', async () => {
  const { place, followers } = await open();
  const socket = await intrude(place);
  socket.write('{"v":1,"command":"logs"}\n');
  await once(socket, 'data');
  socket.write('more');
  await closed(socket);
  expect(followers()).toBe(0);
});

test('one that has gone before a worker has its connection harms nobody', async () => {
  const { place, ask } = await open({
    inject: () => ({ ok: true, dispatch: (connection) => void connection.destroy(new Error('gone')) }),
  });
  for (let count = 0; count < 40; count++) await answerTo(place, '{"v":1,"command":"inject"}\n');
  expect((await ask('status')).reply.ok).toBe(true);
});

test('a mistake of the server is the answer, and the server goes on', async () => {
  let isBroken = true;
  const { ask } = await open({
    status() {
      if (isBroken) throw new Error('broken');
      return STATUS;
    },
    reload: async () => Promise.reject(new Error('rejected')),
  });
  await expect(ask('status')).rejects.toThrow('Error: broken');
  isBroken = false;
  await expect(ask('reload')).rejects.toThrow('Error: rejected');
  expect((await ask('status')).reply.ok).toBe(true);
});
