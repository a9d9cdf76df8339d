import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { pass } from './_pass.ts';

/** Loses `close()`: a generator object has none. */
export function swallowing(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    const response = await application(environ, startResponse);
    return (async function* upperCase() {
      for await (const block of response) yield block;
    })();
  };
}

/** Reads everything first, and loses `close()`. */
export function collecting(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    const blocks: Uint8Array[] = [];
    for await (const block of await application(environ, startResponse)) blocks.push(block);
    return [Buffer.concat(blocks)];
  };
}

/** Fails after it got the response, and does not close it. */
export function failing(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    await application(environ, startResponse);
    throw new Error('no luck');
  };
}

/** Loses `close()` with the help of a function elsewhere. */
export function helped(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => pass(await application(environ, startResponse));
}
