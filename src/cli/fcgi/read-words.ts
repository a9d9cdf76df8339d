import { UsageError } from '../../errors.ts';
import { longFlag } from '../../production/settings/sources/flags.ts';
import { SETTING_NAMES } from '../../production/settings/table/settings-table.ts';
import { didYouMean } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { DJANGO_KEYS, type DjangoKey, isDjangoKey, isSwitch } from './django-options.ts';

/** An option of Django that was given. */
export interface GivenOption {
  readonly key: DjangoKey;
  readonly text: string;
  /** The option as written: `port=`, or `--port`. */
  readonly shown: string;
}

/** The meaning of the words without a flag. */
interface ReadWords {
  readonly app: string | undefined;
  readonly given: readonly GivenOption[];
}

/**
 * Parses the words of `runfcgi`: `key=value`, where the key may be in upper case as in Django, and at most one word for
 * the application. `daemonize` and `debug` can be used without a value.
 *
 * @throws {UsageError} for an unknown key, with the nearest one, and for a second application
 *
 * @example readWords(['mysite.wsgi', 'port=3033']) // { app: 'mysite.wsgi', given: [{ key: 'port', text: '3033', shown: 'port=' }] }
 */
export function readWords(words: readonly string[]): ReadWords {
  const given: GivenOption[] = [];
  const apps: string[] = [];
  for (const word of words) {
    const [, key = '', text] = /^([^=]*)(?:=(.*))?$/s.exec(word)!;
    const name = key.toLowerCase();
    if (isDjangoKey(name)) given.push({ key: name, text: text ?? alone(name), shown: `${name}=` });
    else if (text === undefined) apps.push(word);
    else throw unknownKey(word, name);
  }
  if (apps.length > 1) {
    throw new UsageError(`Expected one application, found ${apps.map(quote).join(' and ')}.`, {
      hint: "Options are words with '=': runfcgi mysite.wsgi host=127.0.0.1 port=3033",
    });
  }
  return { app: apps[0], given };
}

function alone(key: DjangoKey): string {
  if (isSwitch(key)) return 'true';
  throw new UsageError(`${key} needs a value.`, { hint: `Write it like this: ${key}=VALUE` });
}

function unknownKey(word: string, name: string): UsageError {
  const flag = SETTING_NAMES.find((setting) => setting.toLowerCase() === name);
  const value = word.slice(name.length + 1);
  const hint =
    flag === undefined || flag === 'app'
      ? (didYouMean(beginningOf(name) ?? name, DJANGO_KEYS) ?? `There are: ${DJANGO_KEYS.join(', ')}.`)
      : `It is a flag: ${longFlag(flag)} ${value}`.trimEnd();
  return new UsageError(`There is no option ${quote(name)} (in ${quote(word)}).`, { hint });
}

/** The option whose name begins with this text. */
function beginningOf(name: string): string | undefined {
  return name.length < 3 ? undefined : DJANGO_KEYS.find((key) => key.startsWith(name));
}
