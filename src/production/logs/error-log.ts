import { isatty } from 'node:tty';
import { clockTime, isoDate, zoneOffset } from '../../text/local-time.ts';
import { printable } from '../../wsgi/printable.ts';
import type { FileOwner } from '../host/identity.ts';
import { logTarget } from './log-target.ts';
import { LogWriter } from './log-writer.ts';
import { WholeLines } from './whole-lines.ts';

/** The levels, from the least to the most urgent. */
export const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

type LogLevel = (typeof LOG_LEVELS)[number];

export interface ErrorLogOptions {
  /** A file, or `-` for stderr. */
  readonly target: string;
  /** Entries of lower levels are omitted. */
  readonly level: LogLevel;
  readonly now?: () => Date;
  /** The owner of a new file if root opens it for workers of another user. @default root */
  readonly owner?: FileOwner | undefined;
  /** @default on a terminal */
  readonly isColoured?: boolean;
  /** Called with each entry, without its line end and colours. */
  readonly onEntry?: (text: string) => void;
}

/** `debug('text')` and so on write an entry: `[2026-11-27 02:30:00 +0000] [PID] [INFO] text`. */
export interface ErrorLog extends Readonly<Record<LogLevel, (text: string) => void>> {
  /** Writes text unchanged: the text that a site writes to `wsgi.errors`. */
  write(text: string): void;
  /** Receives the output of one process, for `workerOutput()`. */
  forward(): WholeLines;
  /** Reopens the file. @returns false if that has failed, so that the open file stays in use */
  reopen(): boolean;
  close(): void;
}

const YELLOW = 33;
const RED = 31;
const BOLD_RED = '1;31';
const COLOURS: Partial<Record<LogLevel, number | string>> = {
  warning: YELLOW,
  error: RED,
  critical: BOLD_RED,
};

/**
 * Makes the log of a server's events. Several processes may write to the same file.
 *
 * @throws {CommandError} if the file cannot be opened.
 */
export function createErrorLog({
  target: setting,
  level,
  now = () => new Date(),
  owner,
  isColoured = setting === '-' && isatty(2),
  onEntry = () => {},
}: ErrorLogOptions): ErrorLog {
  const target = logTarget(setting, 2);
  const writer = new LogWriter({ target, name: 'error log', owner, onTrouble });
  let stderr: LogWriter | undefined;

  function onTrouble(text: string): void {
    writer.write(entry('error', text));
    if (target === 2) return;
    // The failure cannot be logged, since this is the log itself.
    stderr ??= new LogWriter({ target: 2, name: 'error log', onTrouble() {} });
    stderr.write(entry('error', text));
  }

  function entry(at: LogLevel, text: string): string {
    const time = now();
    const head = `[${isoDate(time)} ${clockTime(time)} ${zoneOffset(time)}] [${process.pid}] [${at.toUpperCase()}]`;
    // Further lines are indented, so that none of them looks like another entry.
    const line = `${head} ${printable(text.trimEnd()).replace(/\n(?=.)/g, '\n    ')}`;
    onEntry(line);
    const colour = isColoured ? COLOURS[at] : undefined;
    return bytesOf(colour === undefined ? `${line}\n` : `\x1b[${colour}m${line}\x1b[0m\n`);
  }

  const least = LOG_LEVELS.indexOf(level);
  const logAt = (at: LogLevel) =>
    LOG_LEVELS.indexOf(at) < least ? () => {} : (text: string) => writer.write(entry(at, text));

  return {
    debug: logAt('debug'),
    info: logAt('info'),
    warning: logAt('warning'),
    error: logAt('error'),
    critical: logAt('critical'),
    write: (text) => writer.write(bytesOf(text)),
    forward: () => new WholeLines(writer),
    reopen: () => writer.reopen(),
    close() {
      writer.close();
      stderr?.close();
    },
  };
}

/** Converts text to a string of bytes. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
