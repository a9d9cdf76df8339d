import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { buildScript } from '../../_build-script.ts';
import type { FakeServer } from './_fake-server.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** An ordinary user, whose number need not be known to the system. */
export const SOMEBODY: User = { uid: 54_321, gid: 54_321 };

export interface ServerOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: User;
  /** What starts it, and becomes it. */
  readonly wrapper?: readonly string[];
}

/** A running server that is but its control channel. */
export interface RunningServer {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Where it has its channel: `undefined`, as text, for none. */
  readonly place: string;
  /** What it has said. */
  readonly lines: readonly string[];
}

export function buildFakeServer(): Promise<string> {
  return buildScript(path.join(import.meta.dirname, '_fake-server.ts'));
}

/** Starts one, and waits until its channel is open. It ends with the test. */
export async function startServer(
  script: string,
  server: FakeServer,
  { env = {}, user, wrapper = [] }: ServerOptions = {},
): Promise<RunningServer> {
  const [file, ...args] = [...wrapper, process.execPath, script, JSON.stringify(server)];
  const child = spawn(file!, args, {
    cwd: '/',
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...user,
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  });
  const lines: string[] = [];
  const place = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('place ')) resolve(line.slice('place '.length));
    });
  });
  return { process: child, pid: child.pid!, place, lines };
}
