import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isInBackground, startDaemon } from '../../../src/production/host/daemon.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

/** Starts a script as a server. What it connects to a socket with, it has to say. */
function start(script: string, args: readonly string[] = []) {
  const folder = temporaryFolder({ 'server.mjs': script });
  let stderr = '';
  const exitCode = startDaemon({
    command: process.execPath,
    args: [path.join(folder, 'server.mjs'), ...args],
    cwd: folder,
    env: process.env,
    onStderr: (text) => {
      stderr += text;
    },
  });
  return exitCode.then((code) => ({ code, stderr }));
}

test('a server that serves goes on in a session of its own, whose output is nobody’s', async () => {
  const report = await listener();
  const { code, stderr } = await start(
    `import { readFileSync, readlinkSync } from 'node:fs';
    import net from 'node:net';
    const socket = net.connect(Number(process.argv[2]));
    process.stderr.write('a note\\n', () => process.send('serves'));
    process.on('disconnect', () => {
      console.log('x');
      process.stderr.on('error', () => {});
      console.error('nobody reads this');
      const session = readFileSync('/proc/self/stat', 'latin1').split(' ')[5];
      const outputs = [0, 1].map((fd) => readlinkSync('/proc/self/fd/' + fd));
      socket.end(JSON.stringify({ pid: process.pid, session, outputs, mark: process.env.STARTPROJECT_IN_BACKGROUND }));
    });`,
    [String(report.port)],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'a note\n' });
  const { pid, session, outputs, mark } = JSON.parse(await report.text());
  expect({ session, outputs, mark }).toEqual({
    session: String(pid),
    outputs: ['/dev/null', '/dev/null'],
    mark: '1',
  });
});

test('one that does not gives its exit code and its last words', async () => {
  expect(
    await start("console.error('No such module.'); console.error('Hint: x'); process.exitCode = 4"),
  ).toEqual({
    code: 4,
    stderr: 'No such module.\nHint: x\n',
  });
});

test('one that is killed gives the code of its signal', async () => {
  expect(await start("process.kill(process.pid, 'SIGKILL')")).toEqual({ code: 137, stderr: '' });
});

test('one whose helper holds its stderr open does not hold up its end', async () => {
  const { code, stderr } = await start(
    `import { spawn } from 'node:child_process';
    const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
    helper.unref();
    console.error(helper.pid);
    process.exitCode = 3;`,
  );
  const helper = Number(stderr);
  expect(code).toBe(3);
  expect(process.kill(helper, 0)).toBe(true);
  process.kill(helper);
});

test('a signal to the command that waits ends the server', async () => {
  const report = await listener();
  const started = start(
    `import net from 'node:net';
    net.connect(${report.port}).end('x');
    process.on('SIGTERM', () => process.exit(143));
    setInterval(() => {}, 1e6);`,
  );
  await report.text();
  process.emit('SIGINT');
  expect(await started).toEqual({ code: 143, stderr: '' });
});

test('a command that is not there is an error', async () => {
  const options = { command: '/nonexistent', args: [], cwd: '/', env: process.env, onStderr() {} };
  await expect(startDaemon(options)).rejects.toThrow('spawn /nonexistent');
});

test('the mark of the background is taken once', () => {
  const env: NodeJS.ProcessEnv = { STARTPROJECT_IN_BACKGROUND: '1', PATH: '/bin' };
  expect(isInBackground(env)).toBe(true);
  expect(env).toEqual({ PATH: '/bin' });
  expect(isInBackground(env)).toBe(false);
});

/** Where a server reports: the text of the first connection. */
async function listener() {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  return {
    port: (server.address() as net.AddressInfo).port,
    async text() {
      const [socket] = await connection;
      let text = '';
      for await (const chunk of socket.setEncoding('utf8')) text += chunk;
      return text;
    },
  };
}
