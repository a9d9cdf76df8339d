import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GatewayProtocolName } from '../../src/servers/gateway/gateway-options.ts';
import { type AtEnd, temporaryFolder } from '../_temp-folder.ts';

export type TargetName = 'serve' | 'runserver' | 'noreload' | GatewayProtocolName;

/** What a target holds on to when nobody asks it for anything. */
export interface Rest {
  /** Responses of the application that were not closed. */
  readonly open: number;
  /** What the server itself counts; 0 where nobody can ask it. */
  readonly openRequests: number;
  /** Of the process that the application runs in. */
  readonly pid: number;
  /** In bytes, of that process after a collection. */
  readonly memory: number;
  /** The sockets of the process that listens. */
  readonly sockets: number;
  /** In bytes, of the process that listens, with what it has not given back to the system. */
  readonly resident: number;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const APPLICATION = readFileSync(here('_application.js'), 'utf8');
const SITE = {
  'package.json': '{ "type": "module", "startproject": { "settings": "mysite.settings" } }',
  'mysite/settings.ts': `export const SECRET_KEY = 'fuzz';
export const DEBUG = true;
export const WSGI_APPLICATION = 'mysite.wsgi.application';
`,
  'mysite/wsgi.ts': APPLICATION,
};
/** What nothing that a client sends may bring about. */
const FAULTS =
  /Uncaught|Unhandled|ERR_INTERNAL|AssertionError|(?:Type|Range|Reference|Syntax)Error|ERR_STREAM|MaxListeners|Warning:|answers nobody|starts it again|heap out of memory/;
const LOG_LENGTH = 200_000;

/** A server that is fuzzed: a process of its own. */
export class Target {
  readonly name: TargetName;
  readonly process: ChildProcess;
  port = 0;
  /** Where it answers by HTTP what it holds on to. */
  #countsPort = 0;
  /** The lines of its output that tell of a fault of its own. */
  readonly faults: string[] = [];
  /** The last of what it has said. */
  log = '';

  private constructor(name: TargetName, node: string, atEnd: AtEnd) {
    this.name = name;
    const { cwd, args } = commandFor(name, atEnd);
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    this.process = spawn(node, ['--expose-gc', ...args], {
      cwd,
      env: { ...env, NO_COLOR: '1', XDG_CACHE_HOME: `${cwd}/.cache` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('latin1').on('data', (text: string) => {
        this.log = (this.log + text).slice(-LOG_LENGTH);
        for (const line of text.split('\n')) if (FAULTS.test(line)) this.faults.push(line);
      });
    }
  }

  static async start(name: TargetName, node: string, atEnd: AtEnd): Promise<Target> {
    const target = new Target(name, node, atEnd);
    atEnd(() => target.kill());
    for (;;) {
      const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(target.log)?.[1];
      if (port !== undefined) {
        target.#countsPort = Number(port);
        target.port = Number(/behind a web server at 127\.0\.0\.1:(\d+)/.exec(target.log)?.[1] ?? port);
        return target;
      }
      if (target.hasEnded) throw new Error(`The server did not start:\n${target.log}`);
      await Promise.race([once(target.process.stdout!, 'data'), once(target.process, 'exit')]);
    }
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** What it holds on to as soon as that no longer becomes less, or after a time. */
  async rest(timeoutMs = 20_000): Promise<Rest> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const rest = await this.#look();
      const isAtRest = rest.open === 0 && rest.openRequests === 0 && rest.sockets <= 1;
      if (isAtRest || performance.now() > deadline) return rest;
      await pause(100);
    }
  }

  /** Ends it as users do, and says whether it ended by itself and without an error. */
  async stop(): Promise<boolean> {
    this.process.kill('SIGTERM');
    const [code, signal] = this.hasEnded
      ? [this.process.exitCode, this.process.signalCode]
      : await once(this.process, 'exit');
    return signal === null && (code === 0 || code === 128 + 15);
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  async #look(): Promise<Rest> {
    const response = await fetch(`http://127.0.0.1:${this.#countsPort}/counts`, {
      headers: { Connection: 'close' },
      signal: AbortSignal.timeout(20_000),
    });
    const told = (await response.json()) as Omit<Rest, 'sockets' | 'resident'>;
    return { ...told, ...inspect(this.process.pid!, this.port) };
  }
}

function commandFor(name: TargetName, atEnd: AtEnd): { cwd: string; args: string[] } {
  if (name === 'serve') return { cwd: here('.'), args: [here('_serve.js')] };
  if (name !== 'runserver' && name !== 'noreload')
    return { cwd: here('.'), args: [here('gateway/_serve.js'), name] };
  const cwd = temporaryFolder(SITE, atEnd);
  const args = [here('../../bin/runserver.js'), '0'];
  return { cwd, args: name === 'noreload' ? [...args, '--noreload'] : args };
}

/** The connections and the memory of a process, as Linux tells them; elsewhere nothing is known of either. */
function inspect(pid: number, port: number): Pick<Rest, 'sockets' | 'resident'> {
  if (process.platform !== 'linux') return { sockets: 0, resident: 0 };
  const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const established = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => new RegExp(`^\\s*\\d+: [0-9A-F]{8}:${hexPort} \\S+ (?!0A|06)`).test(line));
  return { sockets: established.length, resident };
}
