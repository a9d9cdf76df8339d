import { type Command, Option } from 'commander';
import { longFlag, type RawOptions } from '../../production/settings/sources/flags.ts';
import type { Origin } from '../../production/settings/sources/origin.ts';
import { readValue } from '../../production/settings/sources/wrong-setting.ts';
import { SETTINGS, type SettingName } from '../../production/settings/table/settings-table.ts';
import { collect } from '../options/option-values.ts';
import type { CommandLine, ServerCommand } from '../production/server-command.ts';
import { commandLineOf } from '../production/setting-options.ts';
import { DJANGO_KEYS, DJANGO_OPTIONS, type DjangoKey } from './django-options.ts';
import { type GivenOption, readWords } from './read-words.ts';
import { contradiction, type Translated, translateOptions } from './translate-options.ts';

/** Options that are already flags of the table of settings. */
const IN_TABLE: ReadonlySet<DjangoKey> = new Set(['protocol', 'umask']);

const OWN_FLAGS = DJANGO_KEYS.filter((key) => !IN_TABLE.has(key));

const DJANGO_GROUP = 'Django’s options, as flags or as words (port=3033):';

/** `runfcgi` serves behind a web server. It accepts the options of Django's command as flags and as words. */
export const RUNFCGI: ServerCommand = {
  name: 'runfcgi',
  description: 'Serve a site behind a web server, by FastCGI, SCGI or uwsgi.',
  help: {
    protocol: { group: DJANGO_GROUP, text: DJANGO_OPTIONS.protocol.documentation },
    umask: { group: DJANGO_GROUP, text: DJANGO_OPTIONS.umask.documentation },
    bind: {
      text: 'Where to listen: HOST:PORT, [::1]:PORT, unix:PATH, fd://N or systemd:NAME. (the socket that a web server passes)',
    },
  },
  examples: [
    'runfcgi socket=/run/mysite.sock maxchildren=2 pidfile=/run/mysite.pid errlog=/var/log/mysite.log',
    'runfcgi host=127.0.0.1 port=3033 protocol=scgi daemonize=false',
    'runfcgi                                    # started by a web server, on the socket that it passes',
    'runfcgi reload',
  ],
  isSpawned: true,
  addArguments,
  read: readCommandLine,
  defaults: ([...lines], env) => ({
    protocol: 'fcgi',
    bind: [],
    // As in Django, the server goes into the background if an address is given, unless systemd or a container waits for
    // this process.
    daemon: lines.some(hasAddress) && env.NOTIFY_SOCKET === undefined && process.pid !== 1,
  }),
};

function addArguments(command: Command): Command {
  command.argument(
    '[words...]',
    "the application, 'mysite.wsgi' (the WSGI_APPLICATION setting), and options as key=value",
  );
  for (const key of OWN_FLAGS) {
    const { argument, documentation } = DJANGO_OPTIONS[key];
    command.addOption(
      new Option(`--${key} ${argument}`, documentation).argParser(collect).helpGroup(DJANGO_GROUP),
    );
  }
  return command;
}

function readCommandLine(command: Command, source: 'flag' | 'arguments'): CommandLine {
  const { app, given: words } = readWords(command.args);
  const { options, config } = commandLineOf(command, app);
  const { settings, notes, output } = translateOptions([...flagsOf(command), ...words]);
  const writtenAs: Partial<Record<SettingName, Origin>> = {};
  const all: Partial<Record<SettingName, readonly string[]>> = { ...options };
  for (const translated of settings) {
    const { setting, text, shown } = translated;
    const isWord = shown.endsWith('=');
    const origin: Origin = { source: source === 'flag' && isWord ? 'word' : source, name: shown };
    checkAgainst(options, translated, origin);
    all[setting] = [text];
    writtenAs[setting] = origin;
  }
  return { options: all as RawOptions, writtenAs, config, notes, output };
}

/** @throws {UsageError} if a flag of the settings has another value */
function checkAgainst(options: RawOptions, { setting, text, shown }: Translated, origin: Origin): void {
  const { kind } = SETTINGS[setting];
  const read = (texts: readonly string[], from: Origin) =>
    kind.toText(readValue(from, kind, () => kind.fromTexts(texts, '/')));
  const value = read([text], origin);
  const other = options[setting] ?? [];
  if (other.length === 0) return;
  const flag = longFlag(setting);
  const otherValue = read(other, { ...origin, name: flag });
  if (value !== otherValue) throw contradiction({ shown: flag, text: otherValue }, { shown, text });
}

function flagsOf(command: Command): GivenOption[] {
  const values = command.opts<Readonly<Partial<Record<DjangoKey, readonly string[] | true>>>>();
  return DJANGO_KEYS.flatMap((key) => {
    const { [key]: texts = [] } = values;
    const given = texts === true ? ['true'] : texts;
    return given.map((text) => ({ key, text, shown: `--${key}` }));
  });
}

/** Whether host and port, or socket, are given. These are other names for `bind`. */
function hasAddress({ writtenAs }: CommandLine): boolean {
  return writtenAs?.bind !== undefined;
}
