import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { AtEnd } from '../_temp-folder.ts';
import { descendants } from './_runserver.ts';

/** A running program and all that it starts, which end with the test at the latest. */
export class Program {
  readonly process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  /** What it has said on stdout and stderr. */
  output = '';

  constructor(file: string, args: readonly string[], cwd: string, atEnd: AtEnd = onTestFinished) {
    this.process = spawn(file, args, { cwd, env: shellEnvironment(cwd), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = new Promise((resolve) => this.process.once('close', resolve).once('error', resolve));
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#tellWatchers();
      });
    }
    this.process.once('error', (error) => {
      this.output += String(error);
    });
    this.#ended.then(() => this.#tellWatchers());
    atEnd(() => this.end());
  }

  /** Waits until the output has it, and returns the match. */
  async saw(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      const { exitCode, signalCode, pid } = this.process;
      if (exitCode !== null || signalCode !== null || pid === undefined) {
        throw new Error(`The program ended before it said ${pattern}. It said:\n${this.output}`);
      }
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Kills it and whatever it has started. */
  async end(): Promise<void> {
    const { pid } = this.process;
    if (pid === undefined) return;
    this.process.kill('SIGSTOP'); // Apache starts another process for each that ends, and that one would keep our pipes
    for (const child of descendants(pid)) kill(child);
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  #tellWatchers(): void {
    for (const tell of this.#watchers) tell();
    this.#watchers.clear();
  }
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(file: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const child = spawn(file, args, { cwd, env: shellEnvironment(cwd), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

/** What a user's shell has: without what npm and the test runner have put into ours. Packages may come from npm's cache. */
function shellEnvironment(cwd: string): NodeJS.ProcessEnv {
  const foreign = /^(VITEST|NODE_ENV$|DJANGO_SETTINGS_MODULE$|npm_config_user_agent$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return { ...env, NO_COLOR: '1', XDG_CACHE_HOME: `${cwd}/.cache`, npm_config_prefer_offline: 'true' };
}

/** Kills a process, if it has not ended. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
