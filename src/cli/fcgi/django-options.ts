/** An option of Django's `runfcgi`, which is both a flag and a `key=value` word. */
interface DjangoOption {
  /** Its value; in brackets if the flag can be used without a value. */
  readonly argument: string;
  /** For the help. */
  readonly documentation: string;
}

const YES_NO = '[true|false]';

/** All options of `runfcgi` in Django 1.8, and their meaning here. */
export const DJANGO_OPTIONS = {
  protocol: { argument: '<word>', documentation: 'fcgi (FastCGI), scgi or uwsgi (fcgi)' },
  host: { argument: '<host>', documentation: 'where to listen, with port' },
  port: { argument: '<port>', documentation: 'the port to listen on, with host' },
  socket: { argument: '<file>', documentation: 'the unix socket to listen on, in place of host and port' },
  method: {
    argument: '<word>',
    documentation:
      'prefork. threaded has no effect, and a line says so: each worker process serves many requests at the same time',
  },
  maxrequests: {
    argument: '<count>',
    documentation: 'a worker is replaced after this number of requests (0: never)',
  },
  maxchildren: {
    argument: '<count>',
    documentation: 'the number of worker processes, from the start (1)',
  },
  maxspare: { argument: '<count>', documentation: 'no effect, and a line says so: see maxchildren' },
  minspare: { argument: '<count>', documentation: 'no effect, and a line says so: see maxchildren' },
  daemonize: {
    argument: YES_NO,
    documentation: 'run in the background (true with host and port or socket, else false)',
  },
  pidfile: { argument: '<file>', documentation: 'a file for the process id of the server' },
  workdir: { argument: '<folder>', documentation: 'change to this folder first, as --chdir' },
  outlog: { argument: '<file>', documentation: 'the file for standard output in the background (none)' },
  errlog: { argument: '<file>', documentation: 'the error log (standard error; in the background none)' },
  umask: {
    argument: '<mode>',
    documentation:
      'the permissions that new files and unix sockets do not get, in octal (that of the server; 0 for unix sockets)',
  },
  debug: { argument: YES_NO, documentation: 'show error pages with source code while DEBUG is true (false)' },
} as const satisfies Readonly<Record<string, DjangoOption>>;

export type DjangoKey = keyof typeof DJANGO_OPTIONS;

export const DJANGO_KEYS = Object.keys(DJANGO_OPTIONS) as readonly DjangoKey[];

export function isDjangoKey(name: string): name is DjangoKey {
  return Object.hasOwn(DJANGO_OPTIONS, name);
}

/** Whether the option can be used without a value, and then means true. */
export function isSwitch(key: DjangoKey): boolean {
  return DJANGO_OPTIONS[key].argument === YES_NO;
}
