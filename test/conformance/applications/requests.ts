import { bytes, TEXT, type TracedApplication } from './trace.ts';

/** Applications that tell what they were asked. */
export const requests = {
  /** The environ as JSON, its objects by the names of their methods. */
  environ(environ, startResponse) {
    startResponse('200 OK', TEXT);
    const own = ['HTTP_X_APPLICATION', 'HTTP_X_RUN', 'HTTP_X_ARGUMENT'];
    const shown = Object.entries(environ).filter(([name]) => !own.includes(name));
    return [bytes(JSON.stringify(Object.fromEntries(shown)))];
  },

  /** Sends back what it was sent. */
  async echo(environ, startResponse) {
    const body = await environ['wsgi.input'].read();
    startResponse('200 OK', TEXT);
    return [body];
  },
} satisfies Record<string, TracedApplication>;
