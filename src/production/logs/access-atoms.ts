import type { ResponseRecord } from '../../servers/response-record.ts';
import type { AccessClock } from './access-clock.ts';
import { basicUser, pathOf, queryOf, shownStatus, variableOf } from './access-facts.ts';
import { asciiText } from './ascii-text.ts';
import { shown } from './combined-access-line.ts';

/** Makes the text of one atom. */
export type Atom = (record: ResponseRecord) => string;

interface AtomKind {
  readonly meaning: string;
  /** Whether `%(T)d` is also accepted. */
  readonly isNumber?: true;
  /** @returns a text if it is always the same */
  make(clock: AccessClock): Atom | string;
}

/** The atoms of gunicorn's `access_log_format`. */
export const ATOMS: Readonly<Record<string, AtomKind>> = {
  h: { meaning: 'address of the client', make: () => (record) => shown(record.remoteAddress) },
  l: { meaning: "'-'", make: () => '-' },
  u: { meaning: 'user name of Basic authentication', make: () => (record) => shown(basicUser(record)) },
  t: { meaning: 'local time', make: (clock) => () => clock.clf() },
  r: {
    meaning: 'request line',
    make:
      () =>
      ({ method, target, httpVersion }) =>
        `${asciiText(method)} ${asciiText(target)} HTTP/${httpVersion}`,
  },
  m: { meaning: 'method', make: () => (record) => asciiText(record.method) },
  U: { meaning: 'path, as it was sent', make: () => (record) => asciiText(pathOf(record)) },
  q: { meaning: 'query, as it was sent', make: () => (record) => asciiText(queryOf(record)) },
  H: { meaning: 'protocol', make: () => (record) => `HTTP/${record.httpVersion}` },
  s: { meaning: 'status', isNumber: true, make: () => (record) => String(shownStatus(record)) },
  B: { meaning: 'bytes of the body', isNumber: true, make: () => (record) => String(record.bytes) },
  b: {
    meaning: "bytes of the body, '-' for none",
    make:
      () =>
      ({ bytes }) =>
        bytes === 0 ? '-' : String(bytes),
  },
  f: { meaning: 'Referer', make: () => (record) => shown(record.requestHeader('referer')) },
  a: { meaning: 'User-Agent', make: () => (record) => shown(record.requestHeader('user-agent')) },
  T: { meaning: 'time taken, in seconds', isNumber: true, make: () => (record) => whole(record, 1_000) },
  M: { meaning: 'time taken, in milliseconds', isNumber: true, make: () => (record) => whole(record, 1) },
  D: { meaning: 'time taken, in microseconds', isNumber: true, make: () => (record) => whole(record, 0.001) },
  L: {
    meaning: 'time taken, in decimal seconds',
    make:
      () =>
      ({ durationMs }) =>
        (durationMs / 1_000).toFixed(6),
  },
  p: { meaning: 'process id', make: () => `<${process.pid}>` },
};

/** `{name}i`, `{name}o` and `{name}e`: a header of the request, of the response, a variable of the environ. */
export const NAMED_ATOMS: Readonly<Record<string, (name: string) => Atom>> = {
  i: (name) => {
    const lower = name.toLowerCase();
    return (record) => shown(record.requestHeader(lower));
  },
  o: (name) => {
    const lower = name.toLowerCase();
    return (record) => shown(record.responseHeader(lower));
  },
  e: (name) => (record) => shown(variableOf(record, name)),
};

function whole({ durationMs }: ResponseRecord, unitMs: number): string {
  return String(Math.floor(durationMs / unitMs));
}
