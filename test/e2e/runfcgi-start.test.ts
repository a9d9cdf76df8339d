import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { freePort } from './_listening.ts';
import { CGI_FCGI, describeWith, LIGHTTPD, SPAWN_FCGI, SYSTEMD_SOCKET_ACTIVATE } from './_real-parts.ts';
import { askByFastcgi, Fcgi } from './_runfcgi.ts';
import { descendants, get, isAlive } from './_runserver.ts';
import { commandLine, PRODUCTION_SITE } from './_runwsgi.ts';

const BIN = path.join(import.meta.dirname, '../../bin/runfcgi.js');

/** The environment of a shell. */
function environment(root: string): NodeJS.ProcessEnv {
  const { DJANGO_SETTINGS_MODULE: _, ...inherited } = process.env;
  return { ...inherited, NO_COLOR: '1', XDG_CACHE_HOME: path.join(root, '.cache') };
}

/** Runs the command in a site until it ends, which it does when the server in the background serves. */
function run(root: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: root,
    env: environment(root),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** The process of a pid file, which ends with the test. */
function processIn(file: string): number {
  const pid = Number(readFileSync(file, 'utf8'));
  onTestFinished(async () => {
    if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
  return pid;
}

test('the help is in groups, with Django’s options first and examples at the end', () => {
  const { status, stdout } = run(temporaryFolder(PRODUCTION_SITE), 'help');
  expect(status).toBe(0);
  expect(stdout.match(/^\S.*:$/gm)).toEqual([
    'Arguments:',
    'Options:',
    'Django’s options, as flags or as words (port=3033):',
    'What is served:',
    'Workers:',
    'Requests and connections:',
    'Logs and privileges:',
    'The server:',
    'Commands for a server that runs:',
    'Examples:',
  ]);
});

describe('a wrong start ends with 2 and two lines:', () => {
  test.each([
    [
      [],
      'Error: No address to listen on is given, and standard input is not a socket that a web server has passed.',
      'Hint: Give host=127.0.0.1 port=3033, or socket=/run/mysite.sock, or bind in wsgi.config.ts.',
    ],
    [['socet=/x'], "Error: There is no option 'socet' (in 'socet=/x').", "Hint: Did you mean 'socket'?"],
    [
      ['socket=/x', 'umask=022', '--umask', '027'],
      'Error: --umask 027 and umask=022 contradict each other.',
      'Hint: Leave one of them out.',
    ],
  ])('%j', async (args, ...lines) => {
    const site = new Fcgi(args);
    const { code } = await site.exit;
    expect([code, ...site.output.trimEnd().split('\n')]).toEqual([2, ...lines]);
  });

  test('standard input that is a pipe of sockets, as from Node', async () => {
    const root = temporaryFolder(PRODUCTION_SITE);
    const child = spawn(process.execPath, [BIN], { cwd: root, env: environment(root), stdio: 'pipe' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
  });
});

test('PORT does not set the address, since it means a port for HTTP', async () => {
  const site = new Fcgi([], { env: { PORT: '5000' } });
  expect((await site.exit).code).toBe(2);
  expect(site.output).toMatch(/^Error: No address to listen on is given/);
});

describe('in the background', () => {
  test('the command ends with 0 and a message when the server serves, with a pid file and logs', async () => {
    const root = temporaryFolder(PRODUCTION_SITE);
    const words = ['socket=site.sock', 'pidfile=site.pid', 'outlog=out.log', 'errlog=err.log', 'umask=007'];
    const { status, stdout, stderr } = run(root, ...words, 'minspare=1');
    const pid = processIn(path.join(root, 'site.pid'));
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `runfcgi serves in the background, process ${pid}. With daemonize=false it stays in the foreground.\n`,
      stderr:
        'minspare=1 has no effect: the number of workers does not change by itself. It is maxchildren=, or --workers.\n',
    });
    expect(statSync(path.join(root, 'site.sock')).mode & 0o777).toBe(0o770);
    await expect
      .poll(() => readFileSync(path.join(root, 'err.log'), 'utf8'))
      .toMatch(/Serving at unix:.*site\.sock \(fcgi\)\n/);
    expect(readlinkSync(`/proc/${pid}/fd/1`)).toBe(path.join(root, 'out.log'));
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect([existsSync(path.join(root, 'site.pid')), existsSync(path.join(root, 'site.sock'))]).toEqual([
      false,
      false,
    ]);
  });

  test('a start that fails ends the command with the same exit code and lines as in the foreground', () => {
    const root = temporaryFolder({ ...PRODUCTION_SITE, 'mysite/version.ts': "import './missing.ts';" });
    const inFront = run(root, 'socket=site.sock', 'errlog=err.log', 'daemonize=false');
    const inBackground = run(root, 'socket=site.sock', 'errlog=err.log');
    expect(inFront.status).toBe(4);
    expect(inFront.stderr).toContain('missing.ts');
    expect(inBackground).toEqual(inFront);
  });

  test('a file for standard output that cannot be opened is reported in one line, and so is an option without effect', () => {
    const root = temporaryFolder(PRODUCTION_SITE);
    const { status, stderr } = run(root, 'socket=site.sock', 'method=threaded', 'outlog=no/out.log');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^method=threaded has no effect: .*\nError: The file '.*no\/out\.log' cannot be opened: ENOENT.*\nHint: .*\n$/,
    );
  });
});

/** Waits for a text on standard error. */
async function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of child.stderr!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (pattern.test(text)) return text;
  }
  throw new Error(`It ended before it said ${pattern}. It said:\n${text}`);
}

describeWith(LIGHTTPD, (lighttpd) => {
  test('lighttpd starts the server, passes requests on, and stops it', async () => {
    const root = temporaryFolder(PRODUCTION_SITE);
    const port = await freePort();
    const command = `${process.execPath} ${BIN} --chdir ${root} maxchildren=2 errlog=err.log`;
    const config = path.join(root, 'lighttpd.conf');
    writeFileSync(
      config,
      `server.document-root = "${root}"
      server.bind = "127.0.0.1"
      server.port = ${port}
      server.modules = ( "mod_fastcgi" )
      fastcgi.server = ( "/" => (( "socket" => "${root}/site.sock", "check-local" => "disable",
        "fix-root-scriptname" => "enable", "max-procs" => 1, "bin-path" => "${command}" )) )\n`,
    );
    const server = spawn(lighttpd, ['-D', '-f', config], { env: environment(root), stdio: 'ignore' });
    onTestFinished(() => void server.kill('SIGKILL'));
    const answer = () => get(`http://127.0.0.1:${port}/a?b`).catch(() => undefined);
    await expect.poll(async () => (await answer())?.body).toMatch(/^1 \d+$/);
    server.kill('SIGTERM');
    await once(server, 'exit');
    const log = () => readFileSync(path.join(root, 'err.log'), 'utf8');
    await expect.poll(log).toMatch(/\[INFO\] Ended\.\n$/);
  });
});

describeWith(CGI_FCGI, (cgiFcgi) => {
  describeWith(SPAWN_FCGI, (spawnFcgi) => {
    test.each(['a unix socket', 'a port'])(
      'a server that a web server has spawned serves %s, and stops at TERM',
      async (kind) => {
        const root = temporaryFolder(PRODUCTION_SITE);
        const socket = path.join(root, 'spawned.sock');
        const port = await freePort();
        const where = kind === 'a port' ? ['-a', '127.0.0.1', '-p', String(port)] : ['-s', socket];
        const server = spawn(
          spawnFcgi,
          ['-n', ...where, '-d', root, '--', process.execPath, BIN, 'maxchildren=2'],
          {
            env: environment(root),
            stdio: ['ignore', 'ignore', 'pipe'],
          },
        );
        onTestFinished(() => void server.kill('SIGKILL'));
        await said(server, /Serving at /);
        const address = kind === 'a port' ? `127.0.0.1:${port}` : socket;
        expect(await askByFastcgi(cgiFcgi, address)).toMatch(/^Status: 200 OK\r\n.*\r\n\r\n1 \d+$/s);
        const workers = descendants(server.pid!).filter((pid) =>
          commandLine(pid).includes('boot.cjs\0production\0'),
        );
        const inputs = descendants(server.pid!).map((pid) => readlinkSync(`/proc/${pid}/fd/0`));
        expect(inputs).not.toContain(readlinkSync(`/proc/${server.pid}/fd/0`));
        server.kill(kind === 'a port' ? 'SIGTERM' : 'SIGUSR1');
        expect(await once(server, 'exit')).toEqual([0, null]);
        expect(workers.filter(isAlive)).toEqual([]);
      },
    );
  });

  describeWith(SYSTEMD_SOCKET_ACTIVATE, (activate) => {
    test('a socket that systemd passes is served', async () => {
      const root = temporaryFolder(PRODUCTION_SITE);
      const port = await freePort();
      const server = spawn(activate, ['-l', `127.0.0.1:${port}`, process.execPath, BIN], {
        cwd: root,
        env: environment(root),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      onTestFinished(() => void server.kill('SIGKILL'));
      await said(server, /Listening on /);
      expect(await askByFastcgi(cgiFcgi, `127.0.0.1:${port}`)).toMatch(/\r\n\r\n1 \d+$/);
      server.kill('SIGTERM');
      expect(await once(server, 'exit')).toEqual([0, null]);
    });
  });

  test('FCGI_WEB_SERVER_ADDRS names the web servers that may connect', async () => {
    const args = ['host=127.0.0.1', 'port=0', 'daemonize=false'];
    const ask = async (addresses: string) => {
      const site = await new Fcgi(args, { env: { FCGI_WEB_SERVER_ADDRS: addresses } }).started();
      return askByFastcgi(cgiFcgi, `127.0.0.1:${site.port}`);
    };
    expect(await ask('10.0.0.1, 127.0.0.1')).toMatch(/1 \d+$/);
    expect(await ask('10.0.0.1')).not.toContain('200 OK');
    const wrong = new Fcgi(args, { env: { FCGI_WEB_SERVER_ADDRS: 'localhost' } });
    expect((await wrong.exit).code).toBe(1);
    expect(wrong.output).toMatch(/^Error: FCGI_WEB_SERVER_ADDRS has "localhost", which is not an address\./);
  });
});
