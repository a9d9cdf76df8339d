import { readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { type AtEnd, type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { RawClient } from '../servers/http/_http.ts';
import { Command, type CommandOptions, descendants, get, SITE } from './_runserver.ts';

/** Paths that do to a process what sites do. Each answers with the version of the code, and the worker's pid. */
export const WSGI = `import type { WSGIApplication } from 'startproject/wsgi';
import { VERSION } from './version.ts';

const kept: unknown[] = [];

interface Stray {
  readonly reason: string;
}

function endlessLoop(): never {
  for (;;) kept.length = 0;
}

function throwStray({ reason }: Stray): never {
  throw new Error(reason);
}

function fillTheHeap(): never {
  for (;;) kept.push({ of: new Array(1_000).fill(kept.length + 0.5) });
}

async function* endlessStream() {
  for (;;) {
    yield 'more\\n';
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function* begun(environ: Parameters<WSGIApplication>[0]) {
  yield 'begun\\n';
  const body = await environ['wsgi.input'].read();
  yield \`\${body.length} bytes\\n\`;
}

const encoder = new TextEncoder();
async function* encoded(texts: AsyncIterable<string>) {
  for await (const text of texts) yield encoder.encode(text);
}

export const application: WSGIApplication = async (environ, startResponse) => {
  const path = environ.PATH_INFO;
  if (path === '/exit') process.exit(7);
  if (path === '/loop') {
    console.log('looping');
    endlessLoop();
  }
  if (path === '/stray') setTimeout(() => throwStray({ reason: 'a stray error' }));
  if (path === '/reject') void Promise.reject(new Error('a stray rejection'));
  if (path === '/fill') fillTheHeap();
  if (path === '/grow') kept.push(Buffer.alloc(100 * 2 ** 20, 1));
  if (path === '/never' || path === '/stray') await new Promise(() => {});
  if (path === '/read') {
    console.log('reading');
    const body = await environ['wsgi.input'].read();
    console.log(\`read \${body.length} bytes\`);
  }
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  if (path === '/endless') return encoded(endlessStream());
  if (path === '/begin') return encoded(begun(environ));
  return [encoder.encode(\`\${VERSION} \${process.pid}\`)];
};
`;

export const PRODUCTION_SITE: Files = {
  ...SITE,
  'mysite/settings.ts': SITE['mysite/settings.ts']!.replace('DEBUG = true', 'DEBUG = false').replace(
    'ALLOWED_HOSTS: string[] = []',
    "ALLOWED_HOSTS = ['localhost', '127.0.0.1']",
  ),
  'mysite/version.ts': version('1'),
  'mysite/wsgi.ts': WSGI,
};

/** The file `mysite/version.ts` of a site's code, and what else runs as it is loaded. */
export function version(text: string, also = ''): string {
  return `export const VERSION = '${text}';\n${also}`;
}

/** Where a text is in `wsgi.ts`, as stacks have it. */
export function placeOf(text: string): string {
  return `mysite/wsgi.ts:${WSGI.slice(0, WSGI.indexOf(text)).split('\n').length}:`;
}

export interface RunOptions extends Partial<CommandOptions> {
  /** What is different from the site that `_runwsgi.ts` has. */
  readonly files?: Files;
  /** @default '127.0.0.1:0' */
  readonly bind?: readonly string[];
  /** @default 'runwsgi.js' */
  readonly bin?: string;
  /** A test that runs at the same time as others gives `onTestFinished` of its context. @default the end of the test */
  readonly atEnd?: AtEnd;
}

/** A server that runs, or that failed to start. */
export class Wsgi extends Command {
  readonly root: string;
  #url = '';

  constructor(args: readonly string[] = [], options: RunOptions = {}) {
    const {
      files = {},
      bind = ['127.0.0.1:0'],
      bin = 'runwsgi.js',
      cwd,
      env,
      atEnd = onTestFinished,
      ...rest
    } = options;
    const root = cwd ?? temporaryFolder({ ...PRODUCTION_SITE, ...files }, atEnd);
    super(bin, [...bind.flatMap((address) => ['-b', address]), ...args], {
      ...rest,
      cwd: root,
      env: { RUNWSGI_MIN_UPTIME: '0', ...env }, // a second less for each reload
    });
    this.root = root;
    atEnd(async () => {
      await this.stop('SIGKILL');
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** The first address. */
  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  /** The worker processes, those of generations that drain too. */
  get workers(): number[] {
    return descendants(this.pid).filter((pid) => commandLine(pid).includes('boot.cjs\0production\0'));
  }

  async started(): Promise<this> {
    this.servesAt((await this.saw(/Serving at .*\n/))[0]);
    return this;
  }

  /** Takes the first address from the line that the log has when the server serves. */
  servesAt(line: string): void {
    const [, port] = /:(\d+)/.exec(line.replace(/.*Serving at/, '')) ?? [];
    if (port !== undefined) this.#url = `http://127.0.0.1:${port}`;
  }

  /** Sends a signal to the arbiter. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Waits for a number of worker processes. */
  async hasWorkers(count: number): Promise<number[]> {
    await expect.poll(() => this.workers, { interval: 20 }).toHaveLength(count);
    return this.workers;
  }

  /** What an address says: the version of the code, and the pid of the worker that has answered. */
  async ask(path = '/'): Promise<{ version: string; pid: number }> {
    const { body } = await get(this.#url + path);
    const [answered, pid] = body.split(' ');
    return { version: answered!, pid: Number(pid) };
  }

  /** Changes the site's code. */
  write(files: Files): void {
    writeFiles(this.root, files);
  }

  /** Reloads, and waits until it is over. Gives what was logged meanwhile. */
  async reload(outcome = /Reloaded\.|The reload failed/): Promise<string> {
    const from = this.output.length;
    this.signal('SIGHUP');
    await this.saw(outcome, from);
    return this.output.slice(from);
  }
}

/** Sends a request whose body ends later, which a worker reads. */
export async function requestInHand(site: Wsgi, path = '/read'): Promise<RawClient> {
  const client = await RawClient.connect(site.port);
  client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab`);
  if (path === '/read') await site.saw(/^reading$/m);
  else await client.until('begun');
  return client;
}

/** Runs `runwsgi` in a site of its own, on a free port, and waits until it serves. */
export function runwsgi(args: readonly string[] = [], options: RunOptions = {}): Promise<Wsgi> {
  return new Wsgi(args, options).started();
}

/** The words that a process was started with, with NUL between them; none when it has ended. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // It has ended meanwhile.
  }
}
