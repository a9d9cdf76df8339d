import type { WSGIApplication } from '../../src/wsgi/types.ts';

/** Mounts an application below a prefix, as simply as it can be done. */
export function mountAt(prefix: string, application: WSGIApplication): WSGIApplication {
  return function mounted(environ, startResponse) {
    environ.SCRIPT_NAME += prefix;
    environ.PATH_INFO = environ.PATH_INFO.slice(prefix.length);
    return application(environ, startResponse);
  };
}

/** Counts how often what an application returned is closed. */
export function countingCloses(application: WSGIApplication): WSGIApplication & { closes: number } {
  const counting: WSGIApplication & { closes: number } = Object.assign(
    async (...[environ, startResponse]: Parameters<WSGIApplication>) => {
      const response = await application(environ, startResponse);
      const close = () => {
        counting.closes += 1;
        return response.close?.();
      };
      if (Array.isArray(response)) return Object.assign([...response], { close });
      return {
        [Symbol.asyncIterator]: () => (response as AsyncIterable<Uint8Array>)[Symbol.asyncIterator](),
        close,
      };
    },
    { closes: 0 },
  );
  return counting;
}

/** The same of what is handed on as it was returned. */
export function countingClosesOnly(application: WSGIApplication): WSGIApplication & { closes: number } {
  const counting: WSGIApplication & { closes: number } = Object.assign(
    async (...[environ, startResponse]: Parameters<WSGIApplication>) => {
      const response = await application(environ, startResponse);
      const close = response.close?.bind(response);
      return Object.assign(response, {
        close() {
          counting.closes += 1;
          return close?.();
        },
      });
    },
    { closes: 0 },
  );
  return counting;
}
