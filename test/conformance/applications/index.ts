import type { Environ, WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { requests } from './requests.ts';
import { bytes, TEXT, Trace, type TracedApplication } from './trace.ts';

const applications = { ...requests };

export type ApplicationName = keyof typeof applications;

const traces = new Map<string, Trace>();

/** What a test asks for beside its own requests. */
const controls: Readonly<Record<string, TracedApplication>> = {
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

/** All applications of the suite: which one answers, and for which run, is said in headers, so that any path can be asked for. */
export const application: WSGIApplication = function application(environ, startResponse) {
  const name = environ.HTTP_X_APPLICATION ?? '';
  const run = environ.HTTP_X_RUN ?? '';
  const argument: unknown = JSON.parse(decodeURIComponent(environ.HTTP_X_ARGUMENT ?? 'null'));
  const trace = traces.get(run) ?? new Trace();
  traces.set(run, trace);
  const control = controls[name];
  if (control !== undefined) return control(environ, startResponse, trace, argument);
  if (!Object.hasOwn(applications, name)) throw new Error(`The suite has no application "${name}".`);
  return traced(applications[name as ApplicationName], trace, argument)(environ, startResponse);
};

/** Counts what an application returned, and how often that was closed. */
function traced(inner: TracedApplication, trace: Trace, argument: unknown): WSGIApplication {
  return function traced(environ: Environ, startResponse) {
    trace.note('called');
    const response = inner(environ, startResponse, trace, argument);
    if (response instanceof Promise) return response.then((settled) => watched(settled, trace));
    return watched(response, trace);
  };
}

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

/** So that what must not happen a second time has had its chance. */
async function someTurns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve));
}
