import { run } from '../../../src/wsgi/driver/driver.ts';
import type { Transport } from '../../../src/wsgi/driver/transport.ts';
import { ClientPresence } from '../../../src/wsgi/environ/client-presence.ts';
import { ErrorStream } from '../../../src/wsgi/environ/errors-stream.ts';
import { fileWrapper } from '../../../src/wsgi/environ/file-wrapper.ts';
import { RequestInput } from '../../../src/wsgi/environ/input.ts';
import type { Environ, Header, WSGIApplication } from '../../../src/wsgi/types.ts';

/** What became of a response. `aborted` was broken off so that the client could tell. */
export type Ending = 'open' | 'ended' | 'aborted';

/** A client without a wire: it writes down what it gets. */
export class RecordingTransport extends ClientPresence implements Transport {
  ending: Ending = 'open';
  status = 0;
  reason = '';
  headers: readonly Header[] = [];
  /** Each call in order: `start`, `write hello`, `end`, `abort`. */
  readonly calls: string[] = [];
  body = '';
  /** What a slow client makes a write wait for. */
  onWrite: (() => Promise<void>) | undefined;

  start(status: number, reason: string, headers: readonly Header[]): void {
    if (this.status !== 0) throw new Error('the transport was started twice');
    this.calls.push('start');
    Object.assign(this, { status, reason, headers });
  }

  write(block: Uint8Array): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    this.calls.push(`write ${Buffer.from(block)}`);
    this.body += Buffer.from(block);
    return this.onWrite?.();
  }

  end(lastBlock?: Uint8Array): void {
    this.calls.push(lastBlock === undefined ? 'end' : `end ${Buffer.from(lastBlock)}`);
    this.body += Buffer.from(lastBlock ?? []);
    this.ending = 'ended';
  }

  abort(): void {
    this.calls.push('abort');
    this.ending = 'aborted';
  }

  disconnect(): void {
    this.depart();
  }

  /** All values of a header. */
  header(name: string): string[] {
    return this.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  }
}

export interface Outcome {
  readonly transport: RecordingTransport;
  /** Errors that were reported, their messages. */
  readonly errors: readonly string[];
}

/** Runs an application to its end, for a client that takes everything at once. */
export async function respond(application: WSGIApplication, method = 'GET'): Promise<Outcome> {
  const transport = new RecordingTransport();
  const errors = await runOn(transport, application, method);
  return { transport, errors };
}

/** Runs an application to its end and gives the messages of the errors that were reported. */
export async function runOn(
  transport: Transport,
  application: WSGIApplication,
  method = 'GET',
): Promise<string[]> {
  const errors: string[] = [];
  await run(application, createEnviron({ REQUEST_METHOD: method }), transport, {
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  });
  return errors;
}

export function createEnviron(overrides: Partial<Environ> = {}, log: string[] = []): Environ {
  return {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/',
    QUERY_STRING: '',
    SERVER_NAME: 'testserver',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': new RequestInput({ pull: () => null }),
    'wsgi.errors': new ErrorStream((text) => log.push(text)),
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': fileWrapper,
    'wsgi.input_terminated': true,
    ...overrides,
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
