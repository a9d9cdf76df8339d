import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type AtEnd, type Files, removeFolder, temporaryFolder, writeFiles } from '../_temp-folder.ts';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

/** The site that `startproject mysite` makes, but for comments; tests change what they are about. */
export const SITE: Files = {
  'package.json': '{ "type": "module", "startproject": { "settings": "mysite.settings" } }',
  'mysite/settings.ts': `
export const SECRET_KEY = 'test-only';
export const DEBUG = true;
export const ALLOWED_HOSTS: string[] = [];
export const ROOT_URLCONF = 'mysite.urls';
export const WSGI_APPLICATION = 'mysite.wsgi.application';
`,
  'mysite/urls.ts': `
import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('home 1'))];
`,
  'mysite/wsgi.ts': `
import { getWsgiApplication } from 'startproject/wsgi';
process.env.DJANGO_SETTINGS_MODULE ??= 'mysite.settings';
export const application = await getWsgiApplication();
`,
};

/** A `wsgi.ts` that answers with a text. */
export function answering(text: string): string {
  return `import type { WSGIApplication } from 'startproject/wsgi';
export const application: WSGIApplication = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(${JSON.stringify(text)})];
};
`;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. Rejects when the connection fails. */
export async function get(
  url: string | URL,
  options: http.RequestOptions & { body?: string } = {},
): Promise<Answer> {
  const { body: sent, ...rest } = options;
  const request = http.request(url, { agent: false, ...rest });
  request.end(sent);
  return answerOf(request);
}

/** The same by HTTPS, whatever the certificate. */
export async function secureGet(url: string | URL, options: https.RequestOptions = {}): Promise<Answer> {
  return answerOf(https.get(url, { rejectUnauthorized: false, agent: false, ...options }));
}

async function answerOf(request: http.ClientRequest): Promise<Answer> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode!, headers: response.headers, body };
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly user?: number | undefined;
  readonly nodeFlags?: readonly string[];
  /** The most files that it may open. */
  readonly maxFiles?: number;
}

/** One of our commands: a real process, which ends with the test at the latest. */
export class Command {
  readonly process: ChildProcess;
  output = '';
  #listeners = new Set<() => void>();
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(
    bin: string,
    args: readonly string[],
    { cwd, env = {}, user, nodeFlags = [], maxFiles }: CommandOptions,
  ) {
    const { DJANGO_SETTINGS_MODULE: _, NODE_EXTRA_CA_CERTS: __, ...inherited } = process.env;
    const words = [process.execPath, ...nodeFlags, BIN + bin, ...args];
    const limited = ['sh', '-c', `ulimit -n ${maxFiles}; exec "$0" "$@"`, ...words];
    const [program, ...rest] = maxFiles === undefined ? words : limited;
    this.process = spawn(program!, rest, {
      cwd,
      env: { ...inherited, NO_COLOR: '1', XDG_CACHE_HOME: `${cwd}/.cache`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user !== undefined && { uid: user, gid: user }),
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const listener of this.#listeners) listener();
      });
    }
    this.exit = new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        for (const listener of this.#listeners) listener();
        resolve({ code, signal });
      };
      this.process.once('close', ended).once('error', (error) => {
        this.output += String(error);
        if (this.process.pid === undefined) ended(null, null);
      });
    });
  }

  /** Waits until the output has it, and returns the match. */
  async saw(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output.slice(from));
      if (match) return match;
      const { pid, exitCode, signalCode } = this.process;
      if (pid === undefined || exitCode !== null || signalCode !== null) {
        throw new Error(`The command ended before it said ${pattern}. It said:\n${this.output}`);
      }
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGINT') {
    this.process.kill(signal);
    return this.exit;
  }
}

export interface RunningSite extends Command {
  readonly root: string;
  readonly url: string;
}

interface RunserverOptions extends Pick<CommandOptions, 'nodeFlags' | 'maxFiles'> {
  /** What says that it serves, and where. @default the banner */
  readonly ready?: RegExp;
  /** @default the end of the test */
  readonly atEnd?: AtEnd;
}

/**
 * Runs `runserver` on a free port in a site of these files, and waits until it serves.
 *
 * @param packages The folder that is the site's `node_modules`.
 */
export async function runserver(
  files: Files,
  args: readonly string[] = [],
  env?: NodeJS.ProcessEnv,
  packages?: string,
  { ready = /Development server at (\S+)/, atEnd = onTestFinished, ...options }: RunserverOptions = {},
): Promise<RunningSite> {
  const root = temporaryFolder({ ...SITE, ...files }, atEnd);
  if (packages !== undefined) symlinkSync(packages, path.join(root, 'node_modules'));
  const command = new Command('runserver.js', ['0', ...args], { cwd: root, env, ...options });
  atEnd(async () => {
    await command.stop('SIGKILL');
  });
  const [, url] = await command.saw(ready);
  return Object.assign(command, { root, url: url! });
}

/**
 * One `runserver` for the tests of a block.
 *
 * @returns what gives it a site of other files, which it serves when the promise resolves. What it has said before is gone.
 */
export function sharedRunserver(args: readonly string[] = []): (files?: Files) => Promise<RunningSite> {
  let site: RunningSite;
  let served = 0;
  const ends: Parameters<AtEnd>[0][] = [];
  beforeAll(async () => {
    site = await runserver({}, args, undefined, undefined, { atEnd: (end) => ends.unshift(end) });
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return async (files = {}) => {
    const all = { ...SITE, ...files };
    await removeAllBut([...Object.keys(all), '.cache'], site.root);
    writeFiles(site.root, all);
    served += 1;
    await get(new URL(`/served/${served}`, site.url));
    await site.saw(new RegExp(`GET /served/${served} `));
    site.output = '';
    return site;
  };
}

async function removeAllBut(kept: readonly string[], folder: string): Promise<void> {
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const inside = kept.filter((file) => file.startsWith(`${name}/`));
    const below = inside.map((file) => file.slice(name.length + 1));
    if (below.length > 0) await removeAllBut(below, path.join(folder, name));
    else if (!kept.includes(name)) await removeFolder(path.join(folder, name));
  }
}

/** The worker, the spare, and the shell that ends them when the arbiter is killed. */
export const AT_REST = 3;

/** The processes that descend from one, by what the kernel says. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const found: number[] = [];
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    found.push(...(children.get(parent) ?? []));
    queue.push(...(children.get(parent) ?? []));
  }
  return found;
}

/** Whether a process still runs; one that has ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
