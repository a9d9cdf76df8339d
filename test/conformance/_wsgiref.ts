import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compareEnvirons, type Difference, type Endpoint } from './_environ-comparison.ts';
import { isPermitted } from './_wsgiref-differences.ts';
import { REQUESTS } from './_wsgiref-requests.ts';

const SCRIPT = fileURLToPath(new URL('./wsgiref_environ.py', import.meta.url));

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
export function compareAll(served: Endpoint, wsgirefPort: number): Promise<Difference[]> {
  return compareEnvirons(REQUESTS, served, { port: wsgirefPort });
}

export function notPermitted(differences: readonly Difference[]): Difference[] {
  return differences.filter((difference) => !isPermitted(difference));
}
