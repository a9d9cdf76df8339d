import { run } from '../../src/wsgi/driver/driver.ts';
import type { Environ, WSGIApplication } from '../../src/wsgi/types.ts';
import { validator } from '../../src/wsgi/validate/index.ts';
import { createEnviron, RecordingTransport } from '../wsgi/driver/_transport.ts';

/** Answers with what an application behind a middleware sees. */
export function showing(...names: (keyof Environ)[]): WSGIApplication {
  return (environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [Buffer.from(names.map((name) => String(environ[name])).join(' '))];
  };
}

/** Answers with a text. */
export function saying(text: string): WSGIApplication {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [Buffer.from(text)];
  };
}

/** The body that an application sends for an environ. Both are validated. */
export async function bodyFor(application: WSGIApplication, environ: Partial<Environ>): Promise<string> {
  const transport = new RecordingTransport();
  const errors: unknown[] = [];
  await run(validator(application), createEnviron(environ), transport, {
    onError: (error) => errors.push(error),
  });
  if (errors.length > 0) throw errors[0];
  return transport.body;
}
