import { parseBind } from '../../binding/bind-address.ts';
import { environment, list } from '../kinds/collections.ts';
import { wholeNumber } from '../kinds/numbers.ts';
import { choice, filePath, flag, text } from '../kinds/texts.ts';
import type { Setting } from '../setting.ts';

/** The application and its addresses. */
export const SERVING = {
  app: {
    kind: text({
      expected: 'a dotted path',
      example: "'mysite.wsgi:application'",
      argument: '<app>',
    }),
    default: undefined,
    defaultText: 'the `WSGI_APPLICATION` setting of the site',
    documentation:
      'The application: `mysite.wsgi`, `mysite.wsgi:application` or `mysite.wsgi.application`. On the command line it is the argument without a flag.',
  },
  settings: {
    kind: text({ expected: 'a dotted path', example: "'mysite.settings'", argument: '<module>' }),
    default: undefined,
    defaultText: '`DJANGO_SETTINGS_MODULE`, else what package.json names',
    flags: '--settings',
    documentation: 'Dotted path of the settings module.',
  },
  chdir: {
    kind: filePath("'/srv/mysite'", '<folder>'),
    default: undefined,
    defaultText: 'the folder of the project',
    flags: '--chdir',
    documentation: 'The working directory of the workers.',
  },
  bind: {
    kind: list({ items: 'addresses', example: '0.0.0.0:8000', argument: '<address>', check: parseBind }),
    default: Object.freeze(['127.0.0.1:8000']),
    flags: '-b, --bind',
    documentation:
      'Where to listen: `HOST:PORT`, `[::1]:PORT`, `unix:PATH`, `fd://N` or `systemd:NAME`. The variable `PORT` means `0.0.0.0:PORT`.',
  },
  protocol: {
    kind: choice(['http', 'fcgi', 'scgi', 'uwsgi']),
    default: 'http',
    defaultText: '`http`; with `runfcgi`, `fcgi`',
    flags: '--protocol',
    documentation:
      'The protocol of these addresses: `http`, or for a web server in front `fcgi` (FastCGI), `scgi` or `uwsgi`.',
  },
  backlog: {
    kind: wholeNumber({ least: 1, example: '511' }),
    default: 511,
    flags: '--backlog',
    documentation: 'How many connections may wait in the kernel for a worker to accept them.',
  },
  env: {
    kind: environment,
    default: Object.freeze({}),
    flags: '-e, --env',
    documentation: 'Environment variables of the workers. The variables of all sources are combined.',
  },
  warmup: {
    kind: list({
      items: "paths that begin with '/'",
      example: '/',
      argument: '<path>',
      hasCommas: false,
      check: (path) => /^\/[\x21-\x7e]*$/.test(path),
    }),
    default: Object.freeze([]),
    flags: '--warmup',
    documentation:
      'Paths that a new worker must answer, with a status below 400, before it accepts connections.',
  },
  touchToReload: {
    kind: list({
      items: 'paths',
      example: 'tmp/restart.txt',
      argument: '<file>',
      hasCommas: false,
      isPaths: true,
    }),
    default: Object.freeze([]),
    flags: '--touch-to-reload',
    documentation: 'Files that reload the site when they change or are touched.',
  },
  allowDebug: {
    kind: flag,
    default: false,
    flags: '--allow-debug',
    documentation:
      'Show error pages with source code while DEBUG is true. Only for a server that nobody else can reach.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
