import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseBind } from '../../../src/production/binding/bind-address.ts';
import {
  findInherited,
  inheritedBinds,
  readInheritedSockets,
  withoutServiceVariables,
} from '../../../src/production/binding/inherited-sockets.ts';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { describeWith, SYSTEMD_SOCKET_ACTIVATE } from '../../e2e/_real-parts.ts';

vi.setConfig({ testTimeout: 30_000 });

let script: string;

beforeAll(async () => {
  script = await buildScript(path.join(import.meta.dirname, '_binding-process.ts'));
});

/** A process whose output is lines of JSON, with a promise of each. */
function run(command: string, args: readonly string[], options: SpawnOptions = {}) {
  const stdio = (options.stdio as unknown[] | undefined)?.slice(3) ?? [];
  const child: ChildProcess = spawn(command, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe', ...(stdio as [])],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const chunks = child.stdout!.setEncoding('utf8')[Symbol.asyncIterator]();
  let pending = '';
  return {
    child,
    stderr: () => stderr,
    async line() {
      while (!pending.includes('\n')) {
        const { value, done } = await chunks.next();
        if (done) throw new Error(`It ended: ${stderr}`);
        pending += value;
      }
      const [line] = pending.split('\n');
      pending = pending.slice(line!.length + 1);
      return JSON.parse(line!);
    },
  };
}

async function answerOf(served: string): Promise<string> {
  const { hostname, port } = URL.canParse(served) ? new URL(served) : { hostname: '', port: '' };
  const client = served.startsWith('unix:')
    ? net.connect(served.slice('unix:'.length).replace(/^@/, '\0'))
    : net.connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  return String((await once(client, 'data'))[0]);
}

async function listening(target: net.ListenOptions): Promise<net.Server & { _handle: { fd: number } }> {
  const server = net.createServer().listen(target);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return server as never;
}

describe('what systemd says', () => {
  const env = { LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 'web:admin:web' };
  const sockets = [
    { fd: 3, name: 'web' },
    { fd: 4, name: 'admin' },
    { fd: 5, name: 'web' },
  ];

  test('counts for the process that it is meant for', () => {
    expect(readInheritedSockets(env, 7)).toEqual(sockets);
    expect(readInheritedSockets(env, 8)).toEqual([]);
    expect(readInheritedSockets({ ...env, LISTEN_PID: undefined }, 7)).toEqual([]);
  });

  test.each([undefined, '', '0', '-1', '1.5', 'x'])('LISTEN_FDS of %s is not a socket', (LISTEN_FDS) => {
    expect(readInheritedSockets({ ...env, LISTEN_FDS }, 7)).toEqual([]);
  });

  test('may lack names', () => {
    const { LISTEN_FDNAMES: _, ...nameless } = env;
    expect(readInheritedSockets({ ...nameless, LISTEN_FDS: '1' }, 7)).toEqual([{ fd: 3, name: 'unknown' }]);
  });

  test('is what is bound when nothing else is asked for', () => {
    expect(inheritedBinds(sockets)).toEqual([3, 4, 5].map((fd) => ({ kind: 'fd', fd })));
    expect(inheritedBinds([])).toEqual([]);
    expect(
      inheritedBinds([
        { fd: 3, bind: 'fd://4' },
        { fd: 4, bind: ':80' },
      ]),
    ).toEqual([{ kind: 'fd', fd: 4 }]);
  });

  test('is found by name: all sockets that have it', () => {
    expect(findInherited('systemd:web', parseBind('systemd:web'), sockets).map(({ fd }) => fd)).toEqual([
      3, 5,
    ]);
    expect(findInherited(':8000', parseBind(':8000'), sockets)).toEqual([]);
  });

  test.each([
    [sockets, 'It passes: web, admin.'],
    [
      [],
      'Start the unit by its .socket unit, and let ExecStart= run node or runwsgi itself, not npm or a shell.',
    ],
  ])('a name that it does not pass is told', (inherited, hint) => {
    const find = () => findInherited('systemd:other', parseBind('systemd:other'), inherited);
    expect(find).toThrow("systemd passes no socket named 'other' to this process.");
    expect(find).toThrow(expect.objectContaining({ hint }));
  });

  test('is nothing that workers get', () => {
    const all = {
      ...env,
      LISTEN_PIDFDID: '1',
      NOTIFY_SOCKET: '/x',
      WATCHDOG_USEC: '1',
      WATCHDOG_PID: '7',
      RUNWSGI__SOCKETS: '[]',
    };
    expect(withoutServiceVariables({ ...all, PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });
});

describe('an inherited descriptor', () => {
  test.each(['127.0.0.1', '::1'])('is served, and told by its own address: %s', async (host) => {
    const server = await listening({ host, port: 0 });
    const { child, line } = run(process.execPath, [script, 'inherited', 'fd://3'], {
      stdio: ['ignore', 'pipe', 'pipe', server._handle.fd],
    });
    const { served } = await line();
    const { port } = server.address() as net.AddressInfo;
    server.close();
    expect(served).toEqual([`http://${host === '::1' ? '[::1]' : host}:${port}`]);
    expect(await answerOf(served[0])).toBe(`inherited ${child.pid}`);
  });

  test('of a unix socket keeps its file, which is not ours', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const server = await listening({ path: file });
    const { child, line } = run(process.execPath, [script, 'inherited', 'fd://3'], {
      stdio: ['ignore', 'pipe', 'pipe', server._handle.fd],
    });
    expect((await line()).served).toEqual([process.platform === 'linux' ? `unix:${file}` : 'fd://3']);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(existsSync(file)).toBe(true);
  });

  test.each([
    ['is not open', () => 'ignore', 'fd://99', 'fd://99: this process has no open descriptor 99.'],
    [
      'is a file',
      () => openSync(import.meta.filename, 'r'),
      'fd://3',
      'fd://3: descriptor 3 is not a socket.',
    ],
  ])('that %s is refused in one line', async (_what, stdio, bind, message) => {
    const { child, line } = run(process.execPath, [script, 'x', bind], {
      stdio: ['ignore', 'pipe', 'pipe', stdio() as number],
    });
    expect((await line()).error).toBe(message);
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  test.runIf(process.platform === 'linux')('that is a connection is refused in one line', async () => {
    const server = await listening({ host: '127.0.0.1', port: 0 });
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    onTestFinished(() => void client.destroy());
    const { fd } = (client as unknown as { _handle: { fd: number } })._handle;
    const { line } = run(process.execPath, [script, 'x', 'fd://3'], {
      stdio: ['ignore', 'pipe', 'pipe', fd],
    });
    const { error, hint } = await line();
    expect(error).toBe('fd://3: descriptor 3 is not a socket that can listen (EINVAL).');
    expect(hint).toContain('Accept=no');
  });
});

describe('sockets that an arbiter hands over to another', () => {
  test('serve on, and a file is removed by the last of them alone', async () => {
    const folder = temporaryFolder();
    const binds = [
      `unix:${folder}/x.sock`,
      '127.0.0.1:0',
      ...(process.versions.node.startsWith('20.') ? [] : [`unix:@startproject-test-${process.pid}`]),
    ];
    const first = run(process.execPath, [script, 'first', ...binds]);
    const { served } = await first.line();
    expect(await Promise.all(served.map(answerOf))).toEqual(served.map(() => `first ${first.child.pid}`));

    first.child.kill('SIGUSR2');
    const { next } = await first.line();
    onTestFinished(() => {
      if (existsSync(`/proc/${next}`)) process.kill(next, 'SIGKILL');
    });
    expect(await once(first.child, 'exit')).toEqual([0, null]);
    expect(existsSync(`${folder}/x.sock`)).toBe(true);
    expect(await Promise.all(served.map(answerOf))).toEqual(served.map(() => `second ${next}`));

    const last = net.connect(`${folder}/x.sock`).resume();
    process.kill(next, 'SIGTERM');
    await once(last, 'close');
    await expect.poll(() => existsSync(`${folder}/x.sock`)).toBe(false);
  });
});

describeWith(SYSTEMD_SOCKET_ACTIVATE, (activate) => {
  async function activated(names: string, binds: readonly string[] = []) {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.sock');
    const probe = await listening({ host: '127.0.0.1', port: 0 });
    const { port } = probe.address() as net.AddressInfo;
    probe.close();
    await once(probe, 'close');
    const args = [
      '-l',
      `127.0.0.1:${port}`,
      '-l',
      file,
      `--fdname=${names}`,
      process.execPath,
      script,
      'activated',
      ...binds,
    ];
    const process_ = run(activate, args, {
      env: { ...process.env, NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '1' },
    });
    await expect.poll(() => process_.stderr()).toContain(`Listening on ${file}`);
    const first = answerOf(`unix:${file}`); // The program starts at the first connection.
    return { ...process_, first, file, http: `http://127.0.0.1:${port}` };
  }

  test('its sockets are served without --bind, TCP and unix, and workers know nothing of it', async () => {
    const { child, line, first, file, http } = await activated('web:admin');
    expect(await line()).toEqual({ served: [http, `unix:${file}`], services: [] });
    expect(await first).toBe(`activated ${child.pid}`);
    expect(await answerOf(http)).toBe(`activated ${child.pid}`);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(existsSync(file)).toBe(true);
  });

  test('one of them is bound by its name', async () => {
    const { line, first, file, child } = await activated('web:admin', ['systemd:admin']);
    expect((await line()).served).toEqual([`unix:${file}`]);
    expect(await first).toBe(`activated ${child.pid}`);
  });

  test('they may have one name', async () => {
    const { line, first, file, http } = await activated('web:web', ['systemd:web']);
    expect((await line()).served).toEqual([http, `unix:${file}`]);
    await first;
  });

  test('they are handed over to another arbiter, without --bind too', async () => {
    const { child, line, first, http } = await activated('web:admin');
    await line();
    await first;
    child.kill('SIGUSR2');
    const { next } = await line();
    onTestFinished(() => void process.kill(next, 'SIGKILL'));
    await once(child, 'exit');
    expect(await answerOf(http)).toBe(`second ${next}`);
  });
});
