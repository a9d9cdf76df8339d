import {
  CommandError,
  type ErrorDetails,
  ImproperlyConfigured,
  UsageError,
  type UserError,
} from '../../../errors.ts';
import { quote } from '../../../text/quote.ts';
import { shellLine } from '../../../text/shell-line.ts';
import { type Kind, WrongValue } from '../kinds/kind.ts';
import { locateInConfig } from './locate-in-config.ts';
import type { Origin } from './origin.ts';

/** Reads one value. @throws {UserError} with the place, the expected value and the value that was found. */
export function readValue<Value>(origin: Origin, kind: Kind<Value>, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    const { found, reason } = error;
    if (reason) throw settingError(origin, reason.message, { hint: reason.hint });
    const message = `expected ${kind.expected}, found ${quote(found)}.`;
    throw settingError(origin, message, { hint: `Write it like this: ${writtenRight(origin, kind)}` });
  }
}

function writtenRight({ source, name }: Origin, { example, exampleText }: Kind<unknown>): string {
  const text = shellLine(exampleText);
  switch (source) {
    case 'file':
      return `${name.slice(name.lastIndexOf('.') + 1)}: ${example}`;
    case 'flag':
    case 'arguments':
      return name.startsWith('--') ? `${name} ${text}` : text; // The application is a word without a flag.
    case 'word':
      return name + text; // For example 'port='.
    default:
      return `${name}=${text}`;
  }
}

/**
 * The error for a problem with a setting. Its class depends on the source, and it has the place if the source is a
 * file.
 */
export function settingError(origin: Origin, problem: string, details: ErrorDetails = {}): UserError {
  const { source, name, file } = origin;
  if (file !== undefined) {
    const { shown, location, codeFrame } = locateInConfig(file, name);
    return new ImproperlyConfigured(`${shown}: ${name}: ${problem}`, { ...details, location, codeFrame });
  }
  if (source === 'flag' || source === 'word') return new UsageError(`${name}: ${problem}`, details);
  if (source === 'arguments') return new UsageError(`${name} in RUNWSGI_CMD_ARGS: ${problem}`, details);
  return new CommandError(`${name}: ${problem}`, details);
}
