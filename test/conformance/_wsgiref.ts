import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bodyOf, exchange } from '../servers/http/_http.ts';
import { isPermitted } from './_wsgiref-differences.ts';
import { REQUESTS } from './_wsgiref-requests.ts';

const SCRIPT = fileURLToPath(new URL('./wsgiref_environ.py', import.meta.url));

/** What one of our servers and CPython's wsgiref do differently with the same bytes. */
export interface Difference {
  readonly request: string;
  /** A key of the environ, or `status` where one of the two refuses the request, or answers it by itself. */
  readonly key: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Where a server listens on 127.0.0.1, and whether it speaks TLS there. */
interface Endpoint {
  readonly port: number;
  readonly isSecure?: boolean | undefined;
}

/** CPython's wsgiref, serving an application that tells its environ. */
export class Wsgiref {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(python: string): Promise<Wsgiref> {
    const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = await Promise.race([
      once(createInterface(child.stdout), 'line'),
      once(child, 'close').then(([status]) => {
        throw new Error(`${python} ${SCRIPT} ended with status ${status}.`);
      }),
    ]);
    return new Wsgiref(child, Number(port));
  }

  async stop(): Promise<void> {
    this.#process.stdin!.end();
    await once(this.#process, 'close');
  }
}

/** Sends every request to both and gives what they do differently, permitted or not. */
export async function compareAll({ port, isSecure }: Endpoint, wsgirefPort: number): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const [request, lines] of Object.entries(REQUESTS)) {
    const [ours, theirs] = await Promise.all([
      ask({ port, isSecure }, lines),
      ask({ port: wsgirefPort }, lines),
    ]);
    const isRefused = 'status' in ours || 'status' in theirs;
    const keys = isRefused ? ['status'] : new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    for (const key of keys) {
      if (JSON.stringify(ours[key]) === JSON.stringify(theirs[key])) continue;
      differences.push({ request, key, ours: ours[key], theirs: theirs[key] });
    }
  }
  return differences;
}

export function notPermitted(differences: readonly Difference[]): Difference[] {
  return differences.filter((difference) => !isPermitted(difference));
}

/** The environ that a request has made, or the status where no application saw it. */
async function ask(
  { port, isSecure }: Endpoint,
  [requestLine, ...lines]: readonly string[],
): Promise<Record<string, unknown>> {
  const end = lines.includes('') ? [] : ['', ''];
  const own = ['X-Application: environ', 'X-Run: wsgiref', 'Connection: close'];
  const response = await exchange(port, [requestLine, ...own, ...lines, ...end].join('\r\n'), isSecure);
  const body = Buffer.from(bodyOf(response), 'latin1').toString();
  if (!response.startsWith('HTTP/1.') || !body.startsWith('{')) return { status: response.slice(9, 12) };
  const environ = JSON.parse(body) as Record<string, unknown>;
  for (const key of ['HTTP_X_APPLICATION', 'HTTP_X_RUN']) delete environ[key];
  return { ...environ, SERVER_PORT: environ.SERVER_PORT === String(port) ? 'its own' : environ.SERVER_PORT };
}
