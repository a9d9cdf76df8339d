import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ListenOptions } from 'node:net';
import { onTestFinished } from 'vitest';

const SCRIPT = `
  const server = require('node:net').createServer().listen(JSON.parse(process.argv[1]));
  server.on('listening', () => console.log(JSON.stringify(server.address())));
`;

/** A process that listens somewhere, until the test ends. */
export async function otherProcess(target: ListenOptions): Promise<{ pid: number; port: number }> {
  const child = spawn(process.execPath, ['-e', SCRIPT, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [address] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { pid: child.pid!, port: JSON.parse(address).port };
}
