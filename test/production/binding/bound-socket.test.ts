import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net, { type Server } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommandError, UsageError } from '../../../src/errors.ts';
import { parseBind } from '../../../src/production/binding/bind-address.ts';
import {
  type BindOptions,
  type BoundSocket,
  bindAll,
  handOverSockets,
} from '../../../src/production/binding/bound-socket.ts';
import { otherProcess } from '../../_other-process.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const isRoot = process.getuid?.() === 0;
/** Has no permission where root has all. */
const NOBODY = 65_534;

async function bind(binds: readonly string[], options: Partial<BindOptions> = {}) {
  const typed = (text: string) => `serve -b ${text}`;
  const sockets = await bindAll(binds.map(parseBind), { typed, ...options });
  onTestFinished(() => {
    for (const socket of sockets) socket.close();
  });
  return sockets;
}

async function refusal(...args: Parameters<typeof bind>): Promise<CommandError> {
  const error = await bind(...args).then(
    () => expect.fail('It was bound.'),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(CommandError);
  expect(error.message).not.toContain('\n');
  return error;
}

/** Serves as a worker would. */
async function serve(socket: BoundSocket, says: string): Promise<void> {
  const server = net.createServer((client) => client.end(says));
  onTestFinished(() => void server.close());
  const send = (_message: unknown, handle: unknown) => void server.listen(handle as Server);
  socket.giveTo({ send } as Parameters<BoundSocket['giveTo']>[0]);
  await once(server, 'listening');
}

async function answerOf({ address }: BoundSocket): Promise<string> {
  const client =
    address.kind === 'unix'
      ? net.connect(address.path)
      : net.connect(address as { host: string; port: number });
  return String((await once(client, 'data'))[0]);
}

/** What a server leaves behind that is killed. */
function staleSocket(file: string): void {
  const script =
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  spawnSync(process.execPath, ['-e', script, file]);
  expect(statSync(file).isSocket()).toBe(true);
}

async function otherServer(target: net.ListenOptions): Promise<Server> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  server.listen(target);
  await once(server, 'listening');
  return server;
}

/** Runs as a user without rights, as far as the file system is concerned. */
async function asNobody<Result>(run: () => Promise<Result>): Promise<Result> {
  process.seteuid!(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid!(0);
  }
}

describe('TCP', () => {
  test('several addresses, each served, and told with the port that the system chose', async () => {
    const sockets = await bind(['127.0.0.1:0', '[::1]:0']);
    expect(sockets.map((socket) => socket.servedAt())).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/),
      expect.stringMatching(/^http:\/\/\[::1\]:[1-9]\d*$/),
    ]);
    await Promise.all(sockets.map((socket) => serve(socket, socket.servedAt())));
    expect(await Promise.all(sockets.map(answerOf))).toEqual(sockets.map((socket) => socket.servedAt()));
  });

  test('every address of the machine', async () => {
    const [socket] = await bind([':0']);
    expect(socket!.servedAt('https')).toMatch(/^https:\/\/0\.0\.0\.0:\d+$/);
  });

  test('a port in use: by whom, and what to type, and nothing stays bound', async () => {
    const { port, pid } = await otherProcess({ host: '127.0.0.1', port: 0 });
    const file = path.join(temporaryFolder(), 'x.sock');
    const { message, hint } = await refusal([`unix:${file}`, `127.0.0.1:${port}`]);
    expect(message).toMatch(
      new RegExp(`^127\\.0\\.0\\.1:${port} is already in use by '.+', process ${pid}\\.$`),
    );
    expect(hint).toBe(`Stop it (kill ${pid}), or type: serve -b 127.0.0.1:${port + 1}`);
    expect(existsSync(file)).toBe(false);
  });

  test('an address of another machine', async () => {
    expect((await refusal(['192.0.2.1:80'])).message).toBe('192.0.2.1 is not an address of this machine.');
  });

  test('a host that does not exist', async () => {
    const { message, hint } = await refusal(['nope.invalid:80']);
    expect(message).toBe("There is no host named 'nope.invalid'.");
    expect(hint).toBe('Type: serve -b localhost:8000');
  });

  test('an address that is given twice', async () => {
    expect(await refusal(['127.0.0.1:8000', '127.0.0.1'])).toBeInstanceOf(UsageError);
  });
});

describe('a unix socket', () => {
  test.each([
    [undefined, 0o777],
    [0o077, 0o700],
    [0o117, 0o660],
  ])('has the mode that a umask of %o leaves, whatever the umask of the process is', async (umask, mode) => {
    const before = process.umask(0o022);
    onTestFinished(() => void process.umask(before));
    const file = path.join(temporaryFolder(), 'x.sock');
    const [socket] = await bind([`unix:${file}`], { umask });
    expect(statSync(file).mode & 0o777).toBe(mode);
    expect(process.umask()).toBe(0o022);
    expect(socket!.servedAt()).toBe(`unix:${file}`);
    await serve(socket!, 'hello');
    expect(await answerOf(socket!)).toBe('hello');
    socket!.close();
    expect(existsSync(file)).toBe(false);
  });

  test.runIf(isRoot)('belongs to the user of the workers', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    await bind([`unix:${file}`], { owner: { uid: NOBODY, gid: NOBODY }, umask: 0o077 });
    expect(statSync(file)).toMatchObject({ uid: NOBODY, gid: NOBODY });
  });

  test('of a relative path is in the working folder', async () => {
    const folder = temporaryFolder();
    const relative = path.relative(process.cwd(), path.join(folder, 'x.sock'));
    const [socket] = await bind([`unix:${relative}`]);
    expect(socket!.servedAt()).toBe(`unix:${folder}/x.sock`);
  });

  test('that a killed server left behind is replaced', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    staleSocket(file);
    const [socket] = await bind([`unix:${file}`]);
    await serve(socket!, 'hello');
    expect(await answerOf(socket!)).toBe('hello');
  });

  test('of a server that runs is refused, and told whose it is', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const server = await otherServer({ path: file });
    const { message, hint } = await refusal([`unix:${file}`]);
    expect(message).toMatch(
      new RegExp(`^unix:${file} is already in use by '.+', process ${process.pid}\\.$`),
    );
    expect(hint).toBe(`Stop it (kill ${process.pid}), or bind another path.`);
    const client = net.connect(file);
    await once(client, 'connect');
    client.destroy();
    expect(server.listening).toBe(true);
  });

  test('of our own that no worker listens on yet is not a stale one', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    await bind([`unix:${file}`]);
    expect((await refusal([`unix:${file}`])).message).toMatch(/is already in use/);
    expect(existsSync(file)).toBe(true);
  });

  test.each([
    ['a file', (file: string) => writeFileSync(file, 'precious')],
    ['a folder', (file: string) => mkdirSync(file)],
    ['a symbolic link', (file: string) => symlinkSync('elsewhere', file)],
    ['a device or a pipe', (file: string) => void spawnSync('mkfifo', [file])],
  ])('is refused where there is %s, which stays', async (kind, make) => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.sock');
    make(file);
    const { message, hint } = await refusal([`unix:${file}`]);
    expect(message).toBe(`'${file}' is ${kind}, and not a socket.`);
    expect(hint).toBe('Remove it, or bind another path.');
    expect(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout).toBe('x.sock\n');
  });

  test('needs its folder', async () => {
    const folder = path.join(temporaryFolder({ 'a-file': '' }), 'nothing');
    const { message, hint } = await refusal([`unix:${folder}/x.sock`]);
    expect(message).toBe(`unix:${folder}/x.sock: there is no folder '${folder}'.`);
    expect(hint).toBe(`Create it: mkdir -p ${folder}`);
    const inFile = path.join(path.dirname(folder), 'a-file');
    expect((await refusal([`unix:${inFile}/x.sock`])).message).toContain(`there is no folder '${inFile}'`);
  });

  test.runIf(isRoot)('needs permission to its folder, and to a socket that is there', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const file = path.join(folder, 'x.sock');
    const { message, hint } = await asNobody(() => refusal([`unix:${file}`]));
    expect(message).toBe(`You have no permission to use unix:${file}.`);
    expect(hint).toContain(folder);
    staleSocket(file);
    expect((await asNobody(() => refusal([`unix:${file}`]))).message).toBe(message);
    chmodSync(file, 0o777);
    expect((await asNobody(() => refusal([`unix:${file}`]))).message).toMatch(/is already in use/);
  });

  test('whose whole path is too long', async () => {
    const folder = temporaryFolder();
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    expect((await refusal([`unix:${'x'.repeat(100)}`])).message).toMatch(
      / bytes: that of a unix socket can have 107\.$/,
    );
  });

  test('whose file another server has replaced is not removed', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const [socket] = await bind([`unix:${file}`]);
    spawnSync('rm', [file]);
    await otherServer({ path: file });
    socket!.close();
    expect(existsSync(file)).toBe(true);
  });
});

describe('an abstract socket', () => {
  const name = `@startproject-test-${process.pid}`;
  const is20 = process.versions.node.startsWith('20.');

  test.runIf(process.platform === 'linux' && !is20)('has no file, and is known as in use', async () => {
    const [socket] = await bind([`unix:${name}`]);
    expect(socket!.servedAt()).toBe(`unix:${name}`);
    await serve(socket!, 'hello');
    expect(await answerOf(socket!)).toBe('hello');
    const { message } = await refusal([`unix:${name}`]);
    expect(message).toMatch(
      new RegExp(`^unix:${name} is already in use by '.+', process ${process.pid}\\.$`),
    );
  });

  test.runIf(is20)('is refused on Node 20, where no other program would find it', async () => {
    expect((await refusal([`unix:${name}`])).message).toContain('abstract sockets need Node 22 or later');
  });
});

describe('binding again, after the configuration was read again', () => {
  test('keeps what is still asked for, and binds what is new', async () => {
    const folder = temporaryFolder();
    const first = await bind([`unix:${folder}/a.sock`, '127.0.0.1:0']);
    const second = await bind([`unix:${folder}/b.sock`, '127.0.0.1:0'], { current: first });
    expect(second[1]).toBe(first[1]);
    expect(second[0]).not.toBe(first[0]);
  });

  test('has a port of its own for each address at port 0, of each site, and keeps it', async () => {
    const free = ['127.0.0.1:0', '127.0.0.1:0'];
    const blog = await bind(free, { site: 'blog' });
    const shop = await bind(free, { site: 'shop', current: blog });
    const sockets = [...blog, ...shop];
    expect(new Set(sockets.map((socket) => socket.servedAt())).size).toBe(4);
    expect(await bind(free, { site: 'shop', current: sockets })).toEqual(shop);
  });

  test('leaves what was bound when something new cannot be', async () => {
    const folder = temporaryFolder();
    const [socket] = await bind([`unix:${folder}/a.sock`]);
    await refusal([`unix:${folder}/a.sock`, `unix:${folder}/missing/b.sock`], { current: [socket!] });
    await serve(socket!, 'still there');
    expect(await answerOf(socket!)).toBe('still there');
  });
});

describe('where Node cannot bind without accepting', () => {
  const documentedOnly = { bind: () => undefined };

  test('the arbiter accepts, and the file of a unix socket goes at the end', async () => {
    const file = path.join(temporaryFolder(), 'x.sock');
    const [socket] = await bind([`unix:${file}`], { ...documentedOnly, umask: 0o117 });
    expect(statSync(file).mode & 0o777).toBe(0o660);
    const taken: net.Socket[] = [];
    const send = (_message: unknown, connection: unknown) => void taken.push(connection as net.Socket);
    socket!.giveTo({ send } as Parameters<BoundSocket['giveTo']>[0]);
    const client = net.connect(file);
    await once(client, 'connect');
    await expect.poll(() => taken.length).toBe(2); // the order to listen, and the connection
    client.destroy();
    taken[1]!.destroy();
    socket!.close();
    expect(existsSync(file)).toBe(false);
  });

  test('sockets cannot be handed over', async () => {
    const sockets = await bind(['127.0.0.1:0'], documentedOnly);
    expect(() => handOverSockets(sockets)).toThrow('This version of Node cannot pass listening sockets');
  });
});
