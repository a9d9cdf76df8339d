import { RawClient } from '../servers/http/_http.ts';
import type { Served } from './_subject.ts';
import type { ApplicationName } from './applications/index.ts';

export interface SendOptions extends RequestInit {
  readonly path?: string;
}

/** One run of one application: the requests that a test makes to it, and what happens in it. */
export class Run {
  readonly #served: Served;
  readonly #id: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(served: Served, id: string, application: ApplicationName, argument?: unknown) {
    this.#served = served;
    this.#id = id;
    this.headers = headersFor(application, id, argument);
  }

  async send({ path = '', ...init }: SendOptions = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.headers)) headers.set(name, value);
    return request(this.#served, path, { ...init, headers });
  }

  async text(options?: SendOptions): Promise<string> {
    return (await this.send(options)).text();
  }

  /** Sends a request as bytes, on a connection of its own. The run's headers follow those that are given. */
  async raw(requestLine: string, headers = ['Host: x', 'Connection: close'], body = ''): Promise<RawClient> {
    const client = await RawClient.connect(this.#served.port!, this.#served.isSecure);
    return this.sendOn(client, requestLine, headers, body);
  }

  sendOn(client: RawClient, requestLine: string, headers: readonly string[], body = ''): RawClient {
    const own = Object.entries(this.headers).map(([name, value]) => `${name}: ${value}`);
    return client.send(`${[requestLine, ...headers, ...own].join('\r\n')}\r\n\r\n${body}`);
  }

  /** Waits until something has happened, and gives all that has. */
  async saw(event: string): Promise<string[]> {
    return JSON.parse(await this.#control('@saw', event)) as string[];
  }

  async open(gate: string): Promise<void> {
    await this.#control('@open', gate);
  }

  async #control(control: string, argument: string): Promise<string> {
    const response = await request(this.#served, '', { headers: headersFor(control, this.#id, argument) });
    return response.text();
  }
}

/** The runs whose responses were not closed exactly once, with what happened in them. */
export async function audit(served: Served): Promise<unknown> {
  const response = await request(served, '', { headers: headersFor('@audit', 'audit', null) });
  return response.json();
}

function headersFor(application: string, run: string, argument: unknown): Record<string, string> {
  const headers = { 'X-Application': application, 'X-Run': run };
  if (argument === undefined) return headers;
  return { ...headers, 'X-Argument': encodeURIComponent(JSON.stringify(argument)) };
}

async function request(served: Served, path: string, init: RequestInit): Promise<Response> {
  const url = served.url + path;
  // Not a Request for Node's fetch(): once that is collected, the signal that it was made with has no effect any more.
  return served.fetch ? served.fetch(new Request(url, init)) : fetch(url, init);
}
