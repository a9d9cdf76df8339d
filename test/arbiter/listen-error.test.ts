import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { explainListenError } from '../../src/arbiter/listen-error.ts';
import { CommandError } from '../../src/errors.ts';
import { formatHostPort } from '../../src/text/host-port.ts';
import { otherProcess } from '../_other-process.ts';

/** Why an address could not be had, explained: the system's own error, or one made up of this code. */
async function explain(
  host: string,
  port: number,
  code?: string,
): Promise<CommandError & { cause: NodeJS.ErrnoException }> {
  const cause =
    code === undefined
      ? await listenError(host, port)
      : Object.assign(new Error(`listen ${code}: made up`), { code });
  const explained = await explainListenError(
    cause,
    { host, port },
    (address) => `serve ${formatHostPort(address)}`,
  );
  expect(explained).toBeInstanceOf(CommandError);
  expect(explained.cause).toBe(cause);
  return explained as CommandError & { cause: NodeJS.ErrnoException };
}

async function listenError(host: string, port: number): Promise<NodeJS.ErrnoException> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  const failed = once(server, 'error');
  server.listen({ host, port });
  const [error] = await failed;
  return error;
}

test('an address in use: the error names the other process, how to stop it, and the next port', async () => {
  const { port, pid } = await otherProcess({ host: '127.0.0.1', port: 0 });
  const { message, hint } = await explain('127.0.0.1', port);
  expect(message).toMatch(
    new RegExp(`^127\\.0\\.0\\.1:${port} is already in use by '.+', process ${pid}\\.$`),
  );
  expect(hint).toBe(`Stop it (kill ${pid}), or type: serve 127.0.0.1:${port + 1}`);
});

test('an IPv6 address in use is written with brackets', async () => {
  const { port } = await otherProcess({ host: '::1', port: 0 });
  const { message, hint } = await explain('::1', port);
  expect(message).toMatch(`[::1]:${port} is already in use`);
  expect(hint).toMatch(/or type: serve \[::1\]:\d+$/);
});

test('an address that overlaps with one of our own is reported as such', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { message, hint } = await explain('0.0.0.0', port);
  expect(message).toBe(`0.0.0.0:${port} overlaps with an address that this server uses.`);
  expect(hint).toBe('Leave one of them out, or restart the server with the new one.');
});

test('an address in use by an unknown process is reported without its name', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const { message, hint } = await explain('127.0.0.1', port, 'EADDRINUSE');
  expect(message).toBe(`127.0.0.1:${port} is already in use.`);
  expect(hint).toBe(`Stop the program that has it, or type: serve 127.0.0.1:${port + 1}`);
});

test('the hint for the last port in use suggests a port that exists', async () => {
  const { hint } = await explain('127.0.0.1', 65535, 'EADDRINUSE');
  expect(Number(/\d+$/.exec(hint!)![0])).toBeLessThanOrEqual(65535);
});

test('an address of another machine is reported', async () => {
  const { message, hint, cause } = await explain('192.0.2.1', 8000);
  expect(cause.code).toBe('EADDRNOTAVAIL');
  expect(message).toBe('192.0.2.1 is not an address of this machine.');
  expect(hint).toBe('Use 127.0.0.1 for this machine only, or 0 for all of its addresses; type: serve 0:8000');
});

test('a port that needs more privileges is reported', async () => {
  const { message, hint } = await explain('127.0.0.1', 80, 'EACCES');
  expect(message).toBe('You have no permission to listen on 127.0.0.1:80.');
  expect(hint).toBe('Ports below 1024 need administrator rights; type: serve 127.0.0.1:8000');
});

test.each(['ENOTFOUND', 'EAI_AGAIN'])('a host that cannot be resolved is reported: %s', async (code) => {
  const { message, hint } = await explain('nope.invalid', 8000, code);
  expect(message).toBe("There is no host named 'nope.invalid'.");
  expect(hint).toBe('Type: serve localhost:8000');
});

test('any other error is reported in the words of the system', async () => {
  const { message, hint } = await explain('127.0.0.1', 8000, 'EMFILE');
  expect(message).toBe('Cannot listen on 127.0.0.1:8000: listen EMFILE: made up.');
  expect(hint).toBeUndefined();
});
