import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { abstractName, rootKey } from '../../../src/production/control/address.ts';
import { ControlClient } from '../../../src/production/control/control-client.ts';
import { type FoundServer, findServers } from '../../../src/production/control/find-servers.ts';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { describeWith, HAS_NAMESPACES, ROOT } from '../../e2e/_real-parts.ts';
import { buildFakeServer, type RunningServer, SOMEBODY, startServer, type User } from './_servers.ts';

let script: string;
let asking: string;

beforeAll(async () => {
  script = await buildFakeServer();
  asking = await buildScript(path.join(import.meta.dirname, '_ask.ts'));
  for (const file of [script, asking]) chmodSync(path.dirname(file), 0o755);
});

describe.runIf(process.platform === 'linux')('an abstract socket with a secret', () => {
  test('lets the user who started the server find and use it, and leaves nothing when it is killed', async () => {
    const root = temporaryFolder();
    const server = await startServer(script, { root, name: 'blog' });
    const [found] = serversOf(root);
    expect(found).toMatchObject({ pid: server.pid, name: 'blog' });
    expect(await statusOf(found!)).toMatchObject({ pid: server.pid });
    await kill(server);
    expect(serversOf(root)).toEqual([]);
    expect(await ControlClient.connect(found!)).toBeUndefined();
    expect(readdirSync(root)).toEqual([]);
  });

  test('tells two servers of one project apart', async () => {
    const root = temporaryFolder();
    const one = await startServer(script, { root });
    const two = await startServer(script, { root });
    expect(new Set(serversOf(root).map(({ pid }) => pid))).toEqual(new Set([one.pid, two.pid]));
  });

  test('is not taken for a server’s when another process has given it the name', async () => {
    const root = temporaryFolder();
    const impostor = net.createServer();
    const name = abstractName({ pid: process.ppid, rootKey: rootKey(root) });
    await new Promise<void>((resolve) => impostor.listen(`\0${name}`, resolve));
    onTestFinished(() => void impostor.close());
    expect(serversOf(root)).toEqual([]);
  });

  test('is there without a home, without a runtime folder, in a folder that cannot be written', async () => {
    const server = await startServer(script, { root: '/proc' }, { env: { HOME: '/nonexistent' } });
    expect(server.place).toMatch(/^@/);
  });
});

describeWith(ROOT, () => {
  test('another user can neither read the secret nor use the channel without it', async () => {
    const server = await startServer(script, { root: temporaryFolder() });
    expect(askAs(SOMEBODY, server.pid)).toEqual({
      found: expect.objectContaining({ pid: server.pid, foreignUser: 0 }),
      secret: 'EACCES',
      asks: expect.stringContaining('EACCES'),
      guesses: expect.stringContaining('Only root and the user who started this server'),
    });
  });

  test('a user without a passwd entry, and root, can use the user’s server, and a third user cannot', async () => {
    const server = await startServer(
      script,
      { root: '/' },
      { user: SOMEBODY, env: { HOME: '/nonexistent' } },
    );
    expect(askAs(SOMEBODY, server.pid).asks).toMatchObject({ ok: true });
    expect(askAs({ uid: 0, gid: 0 }, server.pid).asks).toMatchObject({ ok: true });
    expect(askAs({ uid: 54_322, gid: SOMEBODY.gid }, server.pid)).toMatchObject({
      found: { foreignUser: SOMEBODY.uid },
      guesses: expect.stringContaining('Only root and the user who started this server'),
    });
  });

  test.skipIf(!HAS_NAMESPACES)('there is a channel where nothing at all can be written', async () => {
    const freeze = [
      'for mount in /tmp /dev/shm /run; do mount --bind $mount $mount; done',
      'for mount in /tmp /dev/shm /run /; do mount -o remount,bind,ro $mount; done',
      'exec "$@"',
    ];
    const server = await startServer(
      script,
      { root: '/' },
      { wrapper: ['unshare', '--mount', 'sh', '-ec', freeze.join('\n'), '-'], env: { HOME: '/nonexistent' } },
    );
    const mounts = readFileSync(`/proc/${server.pid}/mounts`, 'latin1').split('\n');
    for (const mount of ['/', '/tmp', '/dev/shm']) {
      expect(mounts.findLast((line) => line.split(' ')[1] === mount)).toMatch(/ ro[, ]/);
    }
    expect(server.place).toMatch(/^@/);
    expect(askAs({ uid: 0, gid: 0 }, server.pid).asks).toMatchObject({ ok: true });
  });

  describe('a server that its own user may not inspect, since it has a capability', () => {
    const wrapper = ['setpriv', '--inh-caps', '+net_bind_service', '--ambient-caps', '+net_bind_service'];
    const capable = [...wrapper, `--reuid=${SOMEBODY.uid}`, `--regid=${SOMEBODY.gid}`, '--clear-groups'];

    test('has a socket file in the runtime folder of its user, for this user alone', async () => {
      const folder = ownFolder();
      const env = { XDG_RUNTIME_DIR: folder };
      const server = await startServer(script, { root: '/', name: 'blog' }, { wrapper: capable, env });
      expect(path.dirname(server.place)).toBe(folder);
      expect(statSync(server.place).mode & 0o777).toBe(0o600);
      expect(askAs(SOMEBODY, server.pid, env).asks).toMatchObject({ ok: true });
      chmodSync(folder, 0o755);
      expect(askAs({ uid: 54_322, gid: SOMEBODY.gid }, server.pid, env).found).toBeUndefined();
      const stranger = { uid: 54_322, gid: SOMEBODY.gid };
      expect(connectAs(stranger, server.place)).toContain('EACCES');
    });

    test('removes the file when it ends', async () => {
      const folder = ownFolder();
      const server = await startServer(
        script,
        { root: '/' },
        { wrapper: capable, env: { XDG_RUNTIME_DIR: folder } },
      );
      expect(readdirSync(folder)).toHaveLength(1);
      const client = await ControlClient.connect({ path: server.place, pid: server.pid });
      await client!.ask({ command: 'stop', mode: 'graceful' });
      await once(server.process, 'exit');
      expect(readdirSync(folder)).toEqual([]);
    });

    test('has it beside its pid file, or else in a folder made for it that goes with it', async () => {
      const beside = ownFolder();
      const first = await startServer(
        script,
        { root: '/', pidFile: path.join(beside, 'site.pid') },
        { wrapper: capable },
      );
      expect(path.dirname(first.place)).toBe(beside);
      const second = await startServer(script, { root: '/' }, { wrapper: capable });
      const own = path.join(tmpdir(), `startproject-${SOMEBODY.uid}`);
      expect(path.dirname(second.place)).toBe(own);
      expect(statSync(own).mode & 0o777).toBe(0o700);
      expect(askAs(SOMEBODY, second.pid).asks).toMatchObject({ ok: true });
      const client = await ControlClient.connect({ path: second.place, pid: second.pid });
      await client!.ask({ command: 'stop', mode: 'quick' });
      await once(second.process, 'exit');
      expect(existsSync(own)).toBe(false);
    });

    test('passes over what a dead server has left, and has no channel where others can write', async () => {
      const folder = ownFolder();
      const env = { XDG_RUNTIME_DIR: folder };
      const dead = await startServer(script, { root: '/' }, { wrapper: capable, env });
      await kill(dead);
      const { found, asks } = askAs(SOMEBODY, dead.pid, env);
      expect(found).toBeDefined();
      expect(asks).toBeUndefined();
      chmodSync(folder, 0o777);
      const none = await startServer(
        script,
        { root: '/' },
        { wrapper: capable, env: { ...env, TMPDIR: '/proc' } },
      );
      expect(none.place).toBe('undefined');
      expect(none.lines).toHaveLength(1);
    });
  });
});

describe('a socket at a path that was asked for', () => {
  test('is for its user alone, whatever the umask, and a dead one is replaced', async () => {
    const name = path.join(temporaryFolder(), 'control');
    const first = await startServer(script, { root: '/', name });
    expect(first.place).toBe(name);
    expect(statSync(name).mode & 0o777).toBe(0o600);
    await kill(first);
    expect(await ControlClient.connect({ path: name, pid: 0 })).toBeUndefined();
    const second = await startServer(script, { root: '/', name });
    expect(await statusOf({ path: name, pid: 0 })).toMatchObject({ pid: second.pid });
  });

  test('leaves a living server’s and any other file as it is, and says so in one line', async () => {
    const folder = temporaryFolder({ file: 'text' });
    const name = path.join(folder, 'control');
    const first = await startServer(script, { root: '/', name });
    for (const taken of [name, path.join(folder, 'file'), path.join(folder, 'none/control')]) {
      const { place, lines } = await startServer(script, { root: '/', name: taken });
      expect(place).toBe('undefined');
      expect(lines[0]).toMatch(/^notice There is no control channel: /);
      expect(lines[0]).toContain(path.dirname(taken));
    }
    expect(await statusOf({ path: name, pid: 0 })).toMatchObject({ pid: first.pid });
  });

  test('that is too long is one line', async () => {
    const server = await startServer(script, { root: '/', name: `/${'x'.repeat(200)}` });
    expect(server.lines[0]).toContain('at most 103 bytes');
  });
});

function serversOf(root: string): FoundServer[] {
  return findServers({ env: {} }).filter((server) => server.rootKey === rootKey(root));
}

async function statusOf(server: Pick<FoundServer, 'path' | 'pid'>) {
  const client = await ControlClient.connect(server);
  return (await client!.ask({ command: 'status' })).status;
}

async function kill(server: RunningServer): Promise<void> {
  server.process.kill('SIGKILL');
  await once(server.process, 'exit');
}

function ownFolder(): string {
  const folder = temporaryFolder();
  chownSync(folder, SOMEBODY.uid, SOMEBODY.gid);
  return folder;
}

/** What comes of connecting to a path as another user. */
function connectAs(user: User, place: string): string {
  const code = `require('net').connect(process.argv[1]).on('error', ({ code }) => console.log(code)).on('data', console.log)`;
  return execFileSync(process.execPath, ['-e', code, place], {
    ...user,
    env: {},
    cwd: '/',
    encoding: 'utf8',
  });
}

interface Attempts {
  readonly found?: FoundServer;
  readonly secret: unknown;
  readonly asks: unknown;
  readonly guesses: string;
}

function askAs(user: User, pid: number, env: NodeJS.ProcessEnv = {}): Attempts {
  const options = { ...user, env, cwd: '/', encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, [asking, `${pid}`], options));
}
