import type { WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT, Trace } from './trace.ts';

/**
 * One application of many: which one answers, for which run and with what argument, is said in headers, so that
 * every path can be asked for.
 */
export function dispatcher(applications: Applications): WSGIApplication {
  const traces = new Map<string, Trace>();
  const all = { ...applications, ...controls(traces) };
  return function application(...given) {
    const [environ, startResponse] = given;
    const name = environ.HTTP_X_APPLICATION ?? '';
    const run = environ.HTTP_X_RUN ?? '';
    const argument: unknown = JSON.parse(decodeURIComponent(environ.HTTP_X_ARGUMENT ?? 'null'));
    const chosen = all[name];
    if (chosen === undefined) throw new Error(`The conformance suite has no application "${name}".`);
    const trace = traces.get(run) ?? new Trace();
    traces.set(run, trace);
    if (name in applications) trace.note(`called with ${given.length} arguments`);
    const response = chosen(environ, startResponse, trace, argument);
    if (name.startsWith('@')) return response;
    return response instanceof Promise
      ? response.then((settled) => watched(settled, trace))
      : watched(response, trace);
  };
}

/** What tests ask for beside their requests. */
function controls(traces: ReadonlyMap<string, Trace>): Applications {
  return {
    /** Waits until something has happened in a run, and gives all that has. */
    async '@saw'(_environ, startResponse, trace, event) {
      await trace.saw(String(event));
      await someTurns();
      startResponse('200 OK', TEXT);
      return [bytes(JSON.stringify(trace.events))];
    },

    '@open'(_environ, startResponse, trace, gate) {
      trace.open(String(gate));
      startResponse('204 No Content', []);
      return [];
    },

    /** The runs whose responses were not closed exactly once. */
    '@audit'(_environ, startResponse) {
      const wrong = [...traces].filter(
        ([, { events }]) => count(events, 'close') !== count(events, 'returned'),
      );
      startResponse('200 OK', TEXT);
      return [bytes(JSON.stringify(wrong.map(([run, { events }]) => [run, events])))];
    },
  };
}

/** Notes when a response is closed. */
function watched(response: WSGIResponse, trace: Trace): WSGIResponse {
  if (typeof response !== 'object' || response === null) return response;
  trace.note('returned');
  const { close } = response;
  return Object.assign(response, {
    close() {
      trace.note('close');
      return close?.call(response);
    },
  });
}

function count(events: readonly string[], event: string): number {
  return events.filter((each) => each === event).length;
}

/** So that what must not happen a second time has its chance. */
async function someTurns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve));
}
