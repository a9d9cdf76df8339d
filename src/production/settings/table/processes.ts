import { isControlName, isControlPath } from '../../control/control-name.ts';
import { checkAccessLogFormat } from '../../logs/access-log-format.ts';
import { octalMode } from '../kinds/numbers.ts';
import { account, choice, filePath, flag, logPath, text } from '../kinds/texts.ts';
import type { Setting } from '../setting.ts';

/** The outputs of a site's processes, and their user. */
export const PROCESSES = {
  accessLog: {
    kind: logPath("'access.log'"),
    default: undefined,
    defaultText: 'none',
    flags: '--access-logfile',
    documentation: 'The access log: a file, or `-` for standard output.',
  },
  accessLogFormat: {
    kind: text({ example: `'%(h)s "%(r)s" %(s)s'`, argument: '<format>', check: checkAccessLogFormat }),
    default: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
    flags: '--access-logformat',
    documentation: 'The format of the access log, with gunicorn’s atoms, or `json`.',
  },
  errorLog: {
    kind: logPath("'error.log'"),
    default: '-',
    flags: '--error-logfile',
    aliases: ['--log-file'],
    documentation: 'The error log: a file, or `-` for standard error.',
  },
  logLevel: {
    kind: choice(['debug', 'info', 'warning', 'error', 'critical']),
    default: 'info',
    flags: '--log-level',
    documentation:
      'The lowest level of messages in the error log: `debug`, `info`, `warning`, `error` or `critical`.',
  },
  user: {
    kind: account("'www-data'"),
    default: undefined,
    defaultText: 'the user that starts the server',
    flags: '-u, --user',
    documentation: 'The user of the workers: a name or a number.',
  },
  group: {
    kind: account("'www-data'"),
    default: undefined,
    defaultText: 'the groups of `user`, else those of the server',
    flags: '-g, --group',
    documentation: 'The group of the workers: a name or a number.',
  },
  umask: {
    kind: octalMode,
    default: undefined,
    defaultText: 'that of the server; 0 for unix sockets',
    flags: '-m, --umask',
    documentation: 'The permissions that new files and unix sockets do not get, in octal.',
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The settings that all sites of a server share. */
export const SERVER = {
  pid: {
    kind: filePath("'/run/mysite.pid'"),
    default: undefined,
    defaultText: 'none',
    flags: '-p, --pid',
    documentation: 'A file for the process id of the server.',
  },
  daemon: {
    kind: flag,
    default: false,
    flags: '-D, --daemon',
    documentation:
      'Run in the background. The command ends when the server has started, or has failed to start.',
  },
  control: {
    kind: text({
      expected: "a name of at most 32 letters, digits, '_', '.' and '-', or the path of a socket",
      example: "'mysite'",
      argument: '<name>',
      check: (text) => isControlName(text) || isControlPath(text),
    }),
    default: undefined,
    defaultText: 'from the folder of the project',
    flags: '--control',
    documentation:
      'The name by which `runwsgi status`, `reload` and `stop` find this server, or the path of a socket.',
  },
  preload: {
    kind: flag,
    default: false,
    flags: '--preload',
    documentation:
      'No effect, with a note in the log: gunicorn loads the application before it forks, and Node cannot fork.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
