import type { WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';

async function* pass(response: WSGIResponse): AsyncGenerator<Uint8Array> {
  yield* response;
}

/** Forwards `close()`, as most would write it. */
export function timing(application: WSGIApplication): WSGIApplication {
  return async function timed(environ, startResponse) {
    const response = await application(environ, startResponse);
    async function* read() {
      for await (const block of response) yield block;
    }
    return Object.assign(read(), { close: () => response.close?.() });
  };
}

/** Forwards `close()` if there is one. */
export function careful(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    const response = await application(environ, startResponse);
    const close = response.close?.bind(response);
    return Object.assign(pass(response), close ? { close } : {});
  };
}

/** Hands everything on. */
export function routing(application: WSGIApplication): WSGIApplication {
  return (environ, startResponse) => application(environ, startResponse);
}

/** Calls the application when it is first asked for a block. */
export function late(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    let inner: WSGIResponse | undefined;
    async function* read() {
      inner = await application(environ, startResponse);
      yield* inner;
    }
    return Object.assign(read(), { close: () => inner?.close?.() });
  };
}
