import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import {
  describeWith,
  HAS_NAMESPACES,
  PYTHON,
  SYSTEMD_ANALYZE,
  SYSTEMD_NOTIFY,
  SYSTEMD_SOCKET_ACTIVATE,
} from './_real-parts.ts';
import { isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi, version, Wsgi } from './_runwsgi.ts';

const BIN = path.join(import.meta.dirname, '../../bin/runwsgi.js');

async function isListening(socketPath: string): Promise<boolean> {
  const socket = net.connect(socketPath);
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

/** What the site says through a unix socket, or an error. */
async function ask(socketPath: string): Promise<{ version: string; pid: number }> {
  const request = http.get({ socketPath, path: '/', agent: false, headers: { Host: 'localhost' } });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const [version, pid] = text.split(' ');
  return { version: version!, pid: Number(pid) };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.kill('SIGTERM')) await once(server, 'exit');
}

function owner(pid: number): number {
  return statSync(`/proc/${pid}`).uid;
}

describe('a unix socket', () => {
  test('is served beside a port, for all users, and its file is removed at the end', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const site = await runwsgi([], { bind: ['127.0.0.1:0', `unix:${file}`] });
    expect(site.output).toMatch(new RegExp(`at http://127\\.0\\.0\\.1:\\d+, unix:${file}\n`));
    expect(statSync(file).mode & 0o777).toBe(0o777);
    expect(await ask(file)).toEqual(await site.ask());
    site.signal('SIGTERM');
    expect((await site.exit).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  test('has the mode that --umask leaves', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    await runwsgi(['--umask', '0117'], { bind: [`unix:${file}`] });
    expect(statSync(file).mode & 0o777).toBe(0o660);
  });

  test('of a killed server is replaced by the next server', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const killed = await runwsgi([], { bind: [`unix:${file}`] });
    const [worker] = killed.workers;
    await killed.stop('SIGKILL');
    await expect.poll(() => isAlive(worker!)).toBe(false);
    expect(existsSync(file)).toBe(true);
    await runwsgi([], { bind: [`unix:${file}`] });
    expect((await ask(file)).version).toBe('1');
  });

  test('is inherited by another server by USR2, and removed by the last one', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const site = await runwsgi([], { bind: [`unix:${file}`] });
    const { pid: before } = await ask(file);
    site.signal('SIGUSR2');
    const [, next] = await site.saw(/Process (\d+) serves now/);
    onTestFinished(() => {
      if (isAlive(Number(next))) process.kill(Number(next), 'SIGKILL');
    });
    // The successor has its output, so that does not close.
    if (site.process.exitCode === null) await once(site.process, 'exit');
    expect(site.process.exitCode).toBe(0);
    expect((await ask(file)).pid).not.toBe(before);
    process.kill(Number(next), 'SIGTERM');
    await expect.poll(() => isAlive(Number(next))).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  test('is removed when the successor does not use it', async () => {
    const folder = temporaryFolder();
    const config = (name: string) => ({
      'wsgi.config.ts': `export default { bind: ['unix:${folder}/${name}.sock'] };\n`,
    });
    const site = await runwsgi([], { bind: [], files: config('before') });
    site.write(config('after'));
    site.signal('SIGUSR2');
    const [, next] = await site.saw(/Process (\d+) serves now/);
    onTestFinished(() => {
      if (isAlive(Number(next))) process.kill(Number(next), 'SIGKILL');
    });
    expect((await ask(`${folder}/after.sock`)).version).toBe('1');
    await expect.poll(() => readdirSync(folder)).toEqual(['after.sock']);
  });

  test.runIf(process.platform === 'linux')('queues connections while the first worker loads', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const files = {
      'mysite/version.ts': version(
        '1',
        "while (!process.getBuiltinModule('fs').existsSync('go')) await new Promise((done) => setTimeout(done, 20));\n",
      ),
    };
    const site = new Wsgi([], { bind: [`unix:${file}`], files });
    // The file is there a moment before the kernel queues connections.
    await expect.poll(() => isListening(file), { interval: 5 }).toBe(true);
    const answer = ask(file);
    expect(site.output).not.toMatch(/serves/);
    site.write({ go: '' });
    expect((await answer).version).toBe('1');
  });

  test('is kept by a server whose successor does not start', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const site = await runwsgi([], { bind: [`unix:${file}`] });
    const before = await ask(file);
    site.write({ 'mysite/version.ts': 'export const VERSION = ;\n' });
    site.signal('SIGUSR2');
    await site.saw(/The upgrade failed, and this server continues/);
    expect(await ask(file)).toEqual(before);
  });
});

test('each site at port 0 has its own port, which is kept over a reload and USR2', async () => {
  const bind = "bind: ['127.0.0.1:0', '127.0.0.1:0']";
  const config = `export default { sites: { blog: { ${bind} }, shop: { ${bind} } } };\n`;
  const site = new Wsgi([], { bind: [], files: { 'wsgi.config.ts': config } });
  const served = /\[(?:blog|shop)\] Serving at .*/g;
  await site.saw(/Serving at [\s\S]*Serving at .*\n/);
  const before = site.output.match(served)!;
  expect(new Set(before.join().match(/:\d+/g)).size).toBe(4);
  await site.reload();
  site.signal('SIGUSR2');
  const [, next] = await site.saw(/Process (\d+) serves now/);
  onTestFinished(() => void process.kill(Number(next), 'SIGKILL'));
  await expect.poll(() => site.output.match(served)).toEqual([...before, ...before]);
});

describe('an address that cannot be bound ends the start in one line, and leaves no file', () => {
  async function failure(binds: readonly string[], args: readonly string[] = []) {
    const site = new Wsgi(args, { bind: binds });
    const { code } = await site.exit;
    const lines = site.output.split('\n').filter((line) => line !== '' && !line.startsWith('['));
    expect(lines.map((line) => line.split(':')[0])).toEqual(['Error', 'Hint']);
    return { code, message: lines[0]!.slice('Error: '.length), hint: lines[1] };
  }

  test('for a port in use, after other sockets were bound', async () => {
    const folder = temporaryFolder();
    const server = net.createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, message, hint } = await failure([`unix:${folder}/x.sock`, `127.0.0.1:${port}`]);
    expect([code, message]).toEqual([
      1,
      expect.stringMatching(`^127\\.0\\.0\\.1:${port} is already in use by '.+', process ${process.pid}\\.$`),
    ]);
    expect(hint).toMatch(new RegExp(`runwsgi(\\.js)? -b 127\\.0\\.0\\.1:${port + 1}$`));
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['8000', 2, "--bind: '8000' is not an address to bind: a lone number is not an address."],
    ['fd://99', 1, 'fd://99: this process has no open descriptor 99.'],
    ['systemd:web', 1, "systemd passes no socket named 'web' to this process."],
    ['unix:/no-such-folder/x.sock', 1, "unix:/no-such-folder/x.sock: there is no folder '/no-such-folder'."],
    [`unix:/${'x'.repeat(107)}`, 2, 'has 108 bytes: that of a unix socket can have 107.'],
    ['192.0.2.1:80', 1, '192.0.2.1 is not an address of this machine.'],
  ])('%s', async (bind, code, message) => {
    const failed = await failure([bind]);
    expect(failed.message).toContain(message);
    expect(failed.code).toBe(code);
  });
});

describeWith(SYSTEMD_SOCKET_ACTIVATE, (activate) => {
  test('the sockets of systemd are served without --bind, and are not open in workers', async () => {
    const root = temporaryFolder(PRODUCTION_SITE);
    const file = path.join(root, 'x.sock');
    const child = spawn(activate, ['-l', file, '--fdname=web', process.execPath, BIN], {
      cwd: root,
      env: { ...process.env, XDG_CACHE_HOME: path.join(root, '.cache') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => end(child));
    child.stderr.resume();
    await expect.poll(() => existsSync(file)).toBe(true);
    const { version, pid } = await ask(file);
    expect(version).toBe('1');
    expect(spawnSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8' }).stdout).not.toContain('LISTEN_');
  });
});

describeWith(SYSTEMD_ANALYZE, (analyze) => {
  test('the units in the documentation work', () => {
    const text = readFileSync(path.join(import.meta.dirname, '../../docs/runwsgi-sockets.md'), 'utf8');
    const units = [...text.matchAll(/^ {4}# \/etc\/systemd\/system\/(\S+)\n((?: {4}.*\n|\n(?= {4}))+)/gm)];
    const files = units.map(([, name, unit]) => [name!, unit!.replace(/^ {4}/gm, '')] as const);
    expect(files.map(([name]) => name)).toEqual(['mysite.service', 'mysite.socket']);
    const folder = temporaryFolder(
      Object.fromEntries(
        files.map(([name, unit]) => [name, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)]),
      ),
    );
    const paths = files.map(([name]) => path.join(folder, name));
    const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('mysite'))).toEqual([]);
    expect(status).toBe(0);
  });
});

describeWith(PYTHON, (python) => {
  describeWith(SYSTEMD_NOTIFY, () => {
    test('systemd is notified of the start, a reload and the end', async () => {
      const address = path.join(temporaryFolder(), 'notify');
      const script = path.join(import.meta.dirname, '../production/binding/_datagrams.py');
      const receiver = spawn(python, [script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void receiver.kill('SIGKILL'));
      let received = '';
      receiver.stdout.setEncoding('utf8').on('data', (text) => {
        received += text;
      });
      await expect.poll(() => received).toContain('bound');
      const site = await runwsgi([], { env: { NOTIFY_SOCKET: address } });
      await expect.poll(() => received).toMatch(/READY=1/);
      await site.reload();
      await expect.poll(() => received).toMatch(/RELOADING=1\\nMONOTONIC_USEC=\d+.*\n.*READY=1/);
      site.signal('SIGTERM');
      await site.exit;
      await expect.poll(() => received).toMatch(/STOPPING=1/);
    });
  });
});

describe.runIf(process.getuid?.() === 0)('a server that root has started', () => {
  const NOBODY = 65_534;

  /** A site that other users can read. */
  function readableSite(): string {
    const root = temporaryFolder(PRODUCTION_SITE);
    chmodSync(root, 0o755);
    return root;
  }

  test('has workers of its --user, who also owns the unix socket', async () => {
    const root = readableSite();
    const file = path.join(root, 'x.sock');
    const site = await runwsgi(['--user', 'nobody'], { cwd: root, bind: [`unix:${file}`] });
    const { pid } = await ask(file);
    expect([owner(site.pid), owner(pid), statSync(file).uid]).toEqual([0, NOBODY, NOBODY]);
  });

  test.runIf(HAS_NAMESPACES)(
    'runs under a user without an account or home on a read-only root without warnings',
    async () => {
      const root = readableSite();
      // The root is read-only for all that the server sees.
      const mounts = 'mount --rbind / /mnt && mount -o remount,bind,ro /mnt && exec chroot /mnt';
      const asStranger = 'setpriv --reuid 54321 --regid 54321 --clear-groups "$0" "$@"';
      const command = [process.execPath, BIN, '--chdir', root];
      const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
      const words = ['-m', 'sh', '-c', `${mounts} ${asStranger}`, ...command, '-b', '127.0.0.1:0'];
      const server = spawn('unshare', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      onTestFinished(() => end(server));
      let output = '';
      for (const stream of [server.stdout, server.stderr])
        stream.setEncoding('utf8').on('data', (text) => {
          output += text;
        });
      await expect.poll(() => output).toMatch(/Serving at .*:\d+/);
      const [, url] = /Serving at (\S+)/.exec(output)!;
      const [version, pid] = (await (await fetch(url!)).text()).split(' ');
      expect([version, owner(Number(pid))]).toEqual(['1', 54321]);
      expect(output).not.toMatch(/WARNING|ERROR|CRITICAL/);
      const status = spawnSync('sh', ['-c', asStranger, ...command, 'status'], { env, encoding: 'utf8' });
      expect(status).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(url!) });
    },
  );
});
