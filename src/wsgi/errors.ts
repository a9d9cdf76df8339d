import { currentLogStyle } from './log-style.ts';
import { logEntry } from './printable.ts';

/** The application or the server broke a rule of PEP 3333. */
export class WSGIError extends Error {
  /** The section of PEP 3333 that has the rule. */
  readonly section: string;
  /** The message without its source. */
  readonly what: string;

  constructor(message: string, section: string) {
    super(`${message} (PEP 3333, "${section}")`);
    this.name = 'WSGIError';
    this.section = section;
    this.what = message;
  }
}

const DISCONNECTED = Symbol.for('startproject.client-disconnected');

/**
 * The client has disconnected: the rest of its request will not arrive, and no response can be sent. Name and code are those
 * of Node's AbortError, which many libraries check.
 */
export class ClientDisconnected extends Error {
  readonly [DISCONNECTED] = true;
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  /** True also for errors of another copy of this module: a site may have its own copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && DISCONNECTED in value;
  }

  constructor(message = 'The client closed the connection before the response was complete.') {
    super(message);
  }
}

const DROPPED = Symbol.for('startproject.connection-dropped');

/**
 * The application has closed the connection instead of sending a response, or in the middle of one. This is not an
 * error. The server also closes the connection, and reports nothing.
 */
export class ConnectionDropped extends Error {
  readonly [DROPPED] = true;

  /** True also for errors of another copy of this module. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && DROPPED in value;
  }

  constructor() {
    super('The handler destroyed the connection before its response was complete.');
  }
}

/** Whether an error was caused by an aborted signal, for example at a client's disconnect. */
export function isAbort(error: unknown): boolean {
  try {
    return (error as Partial<Error> | null | undefined)?.name === 'AbortError';
  } catch {
    return false; // A getter that throws.
  }
}

const SHOWN_LENGTH = 60;

/** A value as an error message shows it: quoted, shortened, and with its class. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `the string ${quoteText(value)}`;
  if (value instanceof Uint8Array) return `a ${value.constructor.name} of ${value.length} bytes`;
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'an anonymous function';
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`;
  if (isPromiseLike(value)) return 'a promise';
  return `an object of class ${value.constructor?.name ?? 'null'}`;
}

/** A string in double quotes, escaped and shortened. */
export function quoteText(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text);
}

const MOST_ERRORS = 20;

/** An error for the log: its stack, then the stacks of its causes, whatever their getters do. */
export function describeError(error: unknown): string {
  const style = currentLogStyle();
  if (style !== undefined) return `${style.error(error)}\n`;
  const seen = new Set<unknown>();
  const lines: string[] = [];
  let current = error;
  try {
    while (current instanceof Error && !seen.has(current) && seen.size < MOST_ERRORS) {
      seen.add(current);
      lines.push(logEntry(current.stack ?? String(current)));
      current = current.cause;
    }
    if (seen.size === MOST_ERRORS) lines.push('more errors, which are not shown.');
    else if (!(current instanceof Error) && (current !== undefined || seen.size === 0)) {
      lines.push(`Thrown: ${describe(current)}`);
    }
  } catch {
    lines.push('An error whose properties cannot be read.');
  }
  return `${lines.join('\nCaused by: ')}\n`;
}

export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
