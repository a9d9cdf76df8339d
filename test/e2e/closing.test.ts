import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningServer, serve } from '../../src/servers/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { haproxy, nginx, type ProxyKind, startProxy } from './_proxies.ts';
import { describeWith, HAPROXY, NGINX } from './_real-parts.ts';

const ROUNDS = 6;
const CLIENTS = 8;

/** Sends back what it was sent. */
const application: WSGIApplication = async (environ, startResponse) => {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return [body.length > 0 ? body : new TextEncoder().encode('none')];
};

/** Asks again and again, GET and POST in turn, and counts what does not come back. */
class Load {
  readonly failures: string[] = [];
  answers = 0;
  #isOver = false;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #clients: Promise<void>[];
  #waiting: (() => void)[] = [];

  constructor(port: number) {
    this.#clients = Array.from({ length: CLIENTS }, (_, i) => this.#ask(port, i));
  }

  /** Resolves when so many more have come back. */
  async more(count: number): Promise<void> {
    const enough = this.answers + count;
    while (this.answers < enough) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #ask(port: number, number: number): Promise<void> {
    for (let i = number; !this.#isOver; i++) {
      const method = i % 2 === 0 ? 'GET' : 'POST';
      const outcome = await exchange(port, this.#agent, method).catch((error: Error) => error.message);
      if (outcome !== '200') this.failures.push(`${method}: ${outcome}`);
      this.answers += 1;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}

function exchange(port: number, agent: http.Agent, method: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', agent, method }, (response) => {
      response.resume().once('end', () => resolve(String(response.statusCode)));
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end(method === 'POST' ? 'body' : undefined);
  });
}

/** Closes the two servers in turn, and starts each anew on its port, under load. */
async function roll(file: string, proxy: ProxyKind): Promise<Load> {
  const servers: RunningServer[] = [
    await serve(application, { port: 0 }),
    await serve(application, { port: 0 }),
  ];
  onTestFinished(
    async () => void (await Promise.all(servers.map((server) => server.close({ timeoutMs: 0 })))),
  );
  const port = await startProxy(
    file,
    proxy,
    servers.map((server) => server.port),
  );
  const load = new Load(port);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await load.more(400); // by then the proxy has as many connections to each server as it needs
      const server = servers[round % 2]!;
      await server.close();
      await load.more(100);
      servers[round % 2] = await serve(application, { port: server.port });
    }
  } finally {
    await load.end();
  }
  return load;
}

for (const [part, proxy] of [
  [NGINX, nginx],
  [HAPROXY, haproxy],
] as const) {
  describeWith(part, (file) => {
    test(`no request is lost when a server of two behind ${part.name} closes under load`, async () => {
      const { failures, answers } = await roll(file, proxy);
      expect(failures).toEqual([]);
      expect(answers).toBeGreaterThan(200 * ROUNDS);
    });
  });
}
