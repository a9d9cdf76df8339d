import http from 'node:http';

export interface LoadOptions {
  /** How many clients send request after request on one connection. @default 0 */
  readonly keepAlive?: number;
  /** How many clients make a new connection for each request. @default 0 */
  readonly oneRequest?: number;
  /** @default 'GET' and 'POST' in turn */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a failure is left out, by its text: a connection that is refused, when the server has ended, say. @default none */
  readonly ignores?: (failure: string) => boolean;
}

type Target = { readonly port: number; readonly host?: string } | { readonly socketPath: string };

/** Clients that send requests again and again, each the next one when the last is answered. */
export class Load {
  /** One line for each request that was not answered with 200, as a whole. */
  readonly failures: string[] = [];
  /** How often each body was received. */
  readonly bodies = new Map<string, number>();
  /** How many requests have been answered, or have failed. */
  done = 0;
  readonly #target: Target;
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #isOver = false;
  #waiting: (() => void)[] = [];

  constructor(target: Target, options: LoadOptions) {
    const { keepAlive = 0, oneRequest = 0 } = options;
    this.#target = target;
    this.#options = options;
    this.#clients = [
      ...Array.from({ length: keepAlive }, (_, number) => this.#run(`keep-alive client ${number}`, true)),
      ...Array.from({ length: oneRequest }, (_, number) => this.#run(`one-request client ${number}`, false)),
    ];
  }

  /** Resolves when so many more requests are done. */
  async more(count: number): Promise<void> {
    const enough = this.done + count;
    while (this.done < enough) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when all clients have got what they have asked for. */
  async end(): Promise<this> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return this;
  }

  async #run(client: string, keepAlive: boolean): Promise<void> {
    const agent = new http.Agent({ keepAlive, maxSockets: 1 });
    const { ignores = () => false, method } = this.#options;
    for (let i = 0; !this.#isOver; i++) {
      const exchange = await this.#ask(agent, method ?? (i % 2 === 0 ? 'GET' : 'POST'));
      if ('body' in exchange) this.bodies.set(exchange.body, (this.bodies.get(exchange.body) ?? 0) + 1);
      else if (!ignores(exchange.failure)) this.failures.push(`${client}, request ${i}: ${exchange.failure}`);
      this.done += 1;
      for (const resolve of this.#waiting.splice(0)) resolve();
      // A refused connection fails within the same turn, and nothing else would have its turn.
      if ('failure' in exchange) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    agent.destroy();
  }

  #ask(agent: http.Agent, method: string): Promise<{ body: string } | { failure: string }> {
    return new Promise((resolve) => {
      const { path = '/', headers = {} } = this.#options;
      const request = http.request({ host: '127.0.0.1', ...this.#target, agent, method, path, headers });
      const startedAt = performance.now();
      const fail = (reason: string) => {
        const kind = request.reusedSocket ? 'on a used connection' : 'on a new connection';
        const ms = Math.round(performance.now() - startedAt);
        resolve({ failure: `${method} ${kind}: ${reason} after ${ms} ms` });
      };
      request.once('error', (error: NodeJS.ErrnoException) => fail(`${error.code} (${error.syscall})`));
      request.once('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.once('error', (error: NodeJS.ErrnoException) => fail(`${error.code} in the body`));
        response.once('end', () => {
          if (response.statusCode === 200) resolve({ body });
          else fail(`status ${response.statusCode}`);
        });
      });
      request.end(method === 'POST' ? 'body' : undefined);
    });
  }
}
