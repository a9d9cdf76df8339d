import { UsageError } from '../../errors.ts';
import type { SettingName } from '../../production/settings/table/settings-table.ts';
import { isPort } from '../../text/client-address.ts';
import { quote } from '../../text/quote.ts';
import type { DjangoKey } from './django-options.ts';
import type { GivenOption } from './read-words.ts';

/** The setting for an option of Django. */
export interface Translated {
  readonly setting: SettingName;
  readonly text: string;
  /** The options as written: `host=, port=`. */
  readonly shown: string;
}

interface Translation {
  readonly settings: readonly Translated[];
  /** A line for each option that has no effect here. */
  readonly notes: readonly string[];
  /** The file for standard output in the background. */
  readonly output: string | undefined;
}

/** Options that are settings with another name. */
const SETTING_OF: Readonly<Partial<Record<DjangoKey, SettingName>>> = {
  protocol: 'protocol',
  maxrequests: 'maxRequests',
  maxchildren: 'workers',
  daemonize: 'daemon',
  pidfile: 'pid',
  workdir: 'chdir',
  errlog: 'errorLog',
  umask: 'umask',
  debug: 'allowDebug',
};

/** Django's words for true and false that the settings do not accept. */
const YES_NO: Readonly<Record<string, string>> = { t: 'true', f: 'false' };

const WEB_SERVER_PROTOCOLS = ['fcgi', 'scgi', 'uwsgi'];

/**
 * Converts options of Django's `runfcgi` to our settings.
 *
 * @throws {UsageError} for an option that is given twice with different values, for a host without a port, and for a
 * wrong value
 */
export function translateOptions(given: readonly GivenOption[]): Translation {
  const options = withoutRepeats(given);
  const settings = Object.entries(SETTING_OF).flatMap(([key, setting]): Translated[] => {
    const option = options.get(key as DjangoKey);
    if (option === undefined) return [];
    return [{ setting, text: YES_NO[option.text.toLowerCase()] ?? option.text, shown: option.shown }];
  });
  const address = addressOf(options);
  const protocol = options.get('protocol');
  if (protocol !== undefined && !WEB_SERVER_PROTOCOLS.includes(protocol.text.toLowerCase()))
    throw wrong(protocol, "one of 'fcgi', 'scgi', 'uwsgi'", 'For HTTP, use runwsgi.');
  return {
    settings: address === undefined ? settings : [address, ...settings],
    notes: notesOn(options),
    output: options.get('outlog')?.text,
  };
}

type Options = ReadonlyMap<DjangoKey, GivenOption>;

function withoutRepeats(given: readonly GivenOption[]): Options {
  const options = new Map<DjangoKey, GivenOption>();
  for (const option of given) {
    const before = options.get(option.key);
    if (before !== undefined && before.text !== option.text) throw contradiction(before, option);
    if (option.text === '')
      throw new UsageError(`${option.shown} needs a value.`, {
        hint: `Write it like this: ${option.shown}${option.shown.endsWith('=') ? '' : ' '}VALUE`,
      });
    options.set(option.key, option);
  }
  return options;
}

/** The error for two sources with different values for one setting. */
export function contradiction(
  one: Pick<GivenOption, 'shown' | 'text'>,
  other: Pick<GivenOption, 'shown' | 'text'>,
): UsageError {
  const written = [one, other].map(({ shown, text }) => `${shown}${shown.endsWith('=') ? '' : ' '}${text}`);
  return new UsageError(`${written.join(' and ')} contradict each other.`, {
    hint: 'Leave one of them out.',
  });
}

function addressOf(options: Options): Translated | undefined {
  const [host, port, socket] = (['host', 'port', 'socket'] as const).map((key) => options.get(key));
  if (socket !== undefined) {
    const other = host ?? port;
    if (other !== undefined)
      throw new UsageError(`${other.shown} and ${socket.shown} cannot be given together.`, {
        hint: 'Give host and port, or socket.',
      });
    return { setting: 'bind', text: `unix:${socket.text}`, shown: socket.shown };
  }
  const one = host ?? port;
  if (one === undefined) return undefined;
  if (host === undefined || port === undefined) {
    throw new UsageError(`${one.shown} needs ${one === host ? 'port' : 'host'} as well.`, {
      hint: `Write it like this: host=${host?.text ?? '127.0.0.1'} port=${port?.text ?? '3033'}`,
    });
  }
  if (!isPort(port.text)) throw wrong(port, 'a port from 0 to 65535');
  const name = host.text.includes(':') && !host.text.startsWith('[') ? `[${host.text}]` : host.text;
  return { setting: 'bind', text: `${name}:${port.text}`, shown: `${host.shown}, ${port.shown}` };
}

function notesOn(options: Options): string[] {
  const notes: string[] = [];
  const method = options.get('method');
  const word = method?.text.toLowerCase() ?? 'prefork';
  if (word === 'thread' || word === 'threaded') {
    notes.push(
      `method=${method!.text} has no effect: there are no threads. Workers are processes, each of which serves many requests at once.`,
    );
  } else if (word !== 'prefork' && word !== 'fork') {
    throw wrong(method!, "'prefork' or 'threaded'");
  }
  for (const key of ['minspare', 'maxspare'] as const) {
    const option = options.get(key);
    if (option === undefined) continue;
    if (!/^\d{1,9}$/.test(option.text)) throw wrong(option, 'a whole number from 0');
    notes.push(
      `${key}=${option.text} has no effect: the number of workers does not change by itself. It is maxchildren=, or --workers.`,
    );
  }
  return notes;
}

function wrong({ shown, text }: GivenOption, expected: string, hint?: string): UsageError {
  return new UsageError(`${shown} expected ${expected}, found ${quote(text)}.`, { hint });
}
