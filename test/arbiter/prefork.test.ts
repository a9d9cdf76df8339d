import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { GenerationFailed } from '../../src/arbiter/generation.ts';
import { buildScript } from '../_build-script.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { Prefork } from './_prefork.ts';
import type { Behaviour } from './_prefork-worker.ts';
import { spawnWorker } from './_spawn-worker.ts';

vi.setConfig({ testTimeout: 30_000 });

let script: string;
let arbiterScript: string;

beforeAll(async () => {
  script = await buildScript(path.join(import.meta.dirname, '_prefork-worker.ts'));
  arbiterScript = await buildScript(path.join(import.meta.dirname, '_small-arbiter.ts'));
});

/** An arbiter in a process of its own, which gets its socket from this one. */
async function smallArbiter(behaviour: Partial<Behaviour>) {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const arbiter = spawn(process.execPath, [arbiterScript, script, JSON.stringify(behaviour)], {
    stdio: ['ignore', 'pipe', 'inherit', (server as unknown as { _handle: { fd: number } })._handle.fd],
  });
  server.close(); // Only the arbiter has it from here on.
  onTestFinished(() => void arbiter.kill('SIGKILL'));
  let output = '';
  arbiter.stdout!.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await until(() => output.includes('ready'));
  return { address, arbiter, worker: Number(/ready (\d+)/.exec(output)![1]), output: () => output };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The text of a response, in a connection of its own. */
async function get({ address }: Pick<Prefork, 'address'>, target = '/'): Promise<string> {
  const where =
    typeof address === 'string'
      ? { socketPath: address }
      : { host: '127.0.0.1', port: (address as AddressInfo).port };
  const request = http.get({ ...where, path: target, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

/** Requests without a pause, until they are stopped. */
function load(prefork: Prefork, clients = 8) {
  let isOver = false;
  const answers: string[] = [];
  const done = Array.from({ length: clients }, async () => {
    while (!isOver) answers.push(await get(prefork).catch((error) => `failed: ${error.message}`));
  });
  return {
    answers,
    async stop() {
      isOver = true;
      await Promise.all(done);
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(10);
}

async function running(): Promise<Prefork> {
  const prefork = await Prefork.open(script);
  await prefork.reload();
  return prefork;
}

/** Reloads, and waits until the old generation has ended. */
async function replace(prefork: Prefork): Promise<void> {
  const { workers } = prefork.generation!;
  await prefork.reload({ says: 'two' });
  await Promise.all(workers.map(({ ended }) => ended));
}

describe('three workers without a loader', () => {
  test('accept connections independently on the socket of the arbiter', async () => {
    const prefork = await running();
    const { answers, stop } = load(prefork, 16);
    await until(() => new Set(answers).size === 3);
    await stop();
    const pids = prefork.generation!.workers.map(({ pid }) => `one ${pid}`);
    expect([...new Set(answers)].sort()).toEqual(pids.sort());
  });

  test('are replaced by a new generation under load without a failed request', async () => {
    const prefork = await running();
    const old = prefork.generation!.workers;
    const { answers, stop } = load(prefork);
    for (const says of ['two', 'three', 'four']) {
      await prefork.reload({ says });
      await until(() => answers.at(-1)!.startsWith(says));
    }
    await Promise.all(old.map(({ ended }) => ended));
    await stop();
    expect(answers.filter((answer) => !/^(?:one|two|three|four) \d+$/.test(answer))).toEqual([]);
    expect(prefork.exits).toEqual([]);
  });

  test('finish their requests in flight before they are replaced', async () => {
    const prefork = await running();
    const slow = get(prefork, '/slow');
    await delay(100);
    await replace(prefork);
    expect(await slow).toMatch(/^one /);
    expect(await get(prefork)).toMatch(/^two /);
  });

  test('keep the socket when all of them are killed, so that connections wait', async () => {
    const prefork = await running();
    for (const worker of prefork.generation!.workers) worker.kill();
    await until(() => prefork.exits.length === 3);
    expect(await get(prefork)).toMatch(/^one /);
  });
});

describe('a worker', () => {
  test('that is killed is replaced', async () => {
    const prefork = await running();
    const [first] = prefork.generation!.workers;
    first!.kill();
    await until(() => prefork.exits.length === 1);
    await until(() => prefork.generation!.workers.length === 3);
    expect([prefork.exits, prefork.spawned.length]).toEqual([['SIGKILL'], 4]);
  });

  test('that is blocked is silent, and is replaced', async () => {
    const prefork = await running();
    await expect(get(prefork, '/spin')).rejects.toThrow();
    await until(() => prefork.exits.length === 1);
    await until(() => prefork.generation!.workers.length === 3);
    expect([prefork.exits, prefork.spawned.length]).toEqual([['SIGKILL'], 4]);
  });

  test('that can no longer boot is started again after increasing delays, while the others serve', async () => {
    const prefork = await Prefork.open(script);
    const spawned: number[] = [];
    await prefork.reload(undefined, {
      spawn: () => {
        spawned.push(Date.now());
        return spawnWorker(script, spawned.length > 3 ? { broken: 'exits' } : {});
      },
    });
    prefork.generation!.workers[0]!.kill();
    await until(() => spawned.length === 6);
    expect(spawned[5]! - spawned[4]!).toBeGreaterThanOrEqual(400);
    expect(await get(prefork)).toMatch(/^one /);
    expect(prefork.exits).toEqual(['SIGKILL', 3, 3]);
  });

  test('that is renewed ends after another one is ready', async () => {
    const prefork = await running();
    const [first] = prefork.generation!.workers;
    prefork.generation!.renew(first!, 1_000);
    expect(prefork.generation!.workers).toContain(first);
    await first!.ended;
    expect([prefork.generation!.workers.length, prefork.spawned.length]).toEqual([3, 4]);
  });

  test('has a deadline for its requests in flight when it retires', async () => {
    const prefork = await running();
    const endless = get(prefork, '/endless').catch(() => 'cut');
    await delay(100);
    const { generation } = prefork;
    const workers = generation!.workers;
    generation!.retire(300);
    await Promise.all(workers.map(({ ended }) => ended));
    expect(await endless).toBe('cut');
  });

  test('that does not answer is killed when it retires', async () => {
    const prefork = await running();
    prefork.heartbeat.stop();
    void get(prefork, '/spin').catch(() => {});
    await delay(300);
    const { generation } = prefork;
    const workers = generation!.workers;
    generation!.retire(100);
    await Promise.all(workers.map(({ ended }) => ended));
  });
});

describe('a generation', () => {
  test.each([
    ['exits before it is ready', 'exits', { exit: { code: 3, signal: null } }],
    ['cannot load its site', 'fails', { failure: { name: 'Error', message: 'no site' } }],
    ['is not ready in time', 'hangs', { exit: { code: null, signal: 'SIGKILL' } }],
  ] as const)(
    'whose worker %s fails with the reason, and the old generation continues',
    async (_how, broken, reason) => {
      const prefork = await running();
      const failed = prefork.reload(
        { says: 'two', broken },
        { bootTimeoutMs: broken === 'hangs' ? 300 : 9_999 },
      );
      await expect(failed).rejects.toMatchObject({ reason });
      await expect(failed).rejects.toBeInstanceOf(GenerationFailed);
      expect(await get(prefork)).toMatch(/^one /);
      expect(prefork.generation!.workers).toHaveLength(3);
    },
  );

  test('can be resized to more and to fewer workers', async () => {
    const prefork = await running();
    const generation = prefork.generation!;
    generation.resize(4, 1_000);
    await until(() => generation.workers.length === 4);
    const before = generation.workers;
    generation.resize(1, 1_000);
    await Promise.all(before.slice(0, 3).map(({ ended }) => ended));
    expect(generation.workers).toHaveLength(1);
    expect(await get(prefork)).toBe(`one ${generation.workers[0]!.pid}`);
  });
});

/** As the kernel tells it for a socket that listens. */
function backlogOf(port: number): number {
  const { stdout } = spawnSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' });
  return Number(stdout.trim().split(/\s+/)[2]);
}

describe('a listening socket', () => {
  test('can be a path, with a given mode', async () => {
    const file = path.join(temporaryFolder({}), 'site.sock');
    const prefork = await Prefork.open(script, { path: file, mode: 0o666 });
    expect(statSync(file).mode & 0o777).toBe(0o666);
    await prefork.reload();
    expect(await get(prefork)).toMatch(/^one /);
    await replace(prefork);
    expect(await get(prefork)).toMatch(/^two /);
    await prefork.close();
    expect(existsSync(file)).toBe(false);
  });

  test('can be inherited as a descriptor', async () => {
    const { address, worker } = await smallArbiter({ says: 'inherited' });
    expect(await get({ address })).toBe(`inherited ${worker}`);
  });

  test('is accepted on by the arbiter when Node cannot bind without accepting', async () => {
    const prefork = await Prefork.open(script, undefined, { bind: () => undefined });
    const early = get(prefork);
    await prefork.reload();
    expect(await early).toMatch(/^one /);
    const { answers, stop } = load(prefork);
    await prefork.reload({ says: 'two' });
    await until(() => answers.at(-1)!.startsWith('two'));
    await stop();
    expect(answers.filter((answer) => answer.startsWith('failed'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('queues connections from the start', async () => {
    const prefork = await Prefork.open(script);
    const early = get(prefork);
    await prefork.reload();
    expect(await early).toMatch(/^one /);
  });

  test.runIf(process.platform === 'linux')(
    'has the given length of queue, also when workers listen',
    async () => {
      const prefork = await Prefork.open(script, undefined, { backlog: 7 });
      const { port } = prefork.address as AddressInfo;
      expect(backlogOf(port)).toBe(7);
      await prefork.reload();
      expect(backlogOf(port)).toBe(7);
    },
  );

  test('on a port in use fails with an error', async () => {
    const { address } = await running();
    const { port } = address as AddressInfo;
    await expect(Prefork.open(script, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('a worker with a role', () => {
  test('of development continues after an uncaught error, and ends with its arbiter', async () => {
    const { address, arbiter, worker, output } = await smallArbiter({ role: 'development' });
    await get({ address }, '/stray');
    await delay(100);
    expect([await get({ address }), output()]).toEqual([`one ${worker}`, `ready ${worker}\n`]);
    const endless = get({ address }, '/endless').catch(() => 'cut');
    await delay(100);
    arbiter.kill('SIGKILL');
    expect(await endless).toBe('cut');
    await until(() => !isAlive(worker));
  });

  test('of production ends after an uncaught error, and its arbiter knows the reason', async () => {
    const { address, worker, output } = await smallArbiter({ role: 'production' });
    await get({ address }, '/stray').catch(() => {});
    await until(() => output().includes('exit 1'));
    expect(output()).toBe(`ready ${worker}\nexiting 1 Error: stray\nexit 1\n`);
    expect(await get({ address })).not.toBe(`one ${worker}`);
  });

  test('of production finishes its requests in flight when its arbiter was killed, and ends', async () => {
    const { address, arbiter, worker } = await smallArbiter({ role: 'production' });
    const slow = get({ address }, '/slow');
    await delay(100);
    arbiter.kill('SIGKILL');
    expect(await slow).toBe(`one ${worker}`);
    await until(() => !isAlive(worker));
  });
});
