import { currentLogStyle } from '../../wsgi/log-style.ts';
import { logEntry } from '../../wsgi/printable.ts';
import type { Environ } from '../../wsgi/types.ts';
import { chainText } from './error-chain.ts';

/** Logs an error with its stack and the stacks of its causes. */
export function logError(environ: Environ, heading: string, error: unknown): void {
  write(environ, `${logEntry(heading)}\n${currentLogStyle()?.error(error) ?? chainText(error)}`);
}

export function logLine(environ: Environ, text: string): void {
  const entry = logEntry(text);
  write(environ, currentLogStyle()?.line(entry) ?? entry);
}

function write(environ: Environ, text: string): void {
  const errors = environ['wsgi.errors'];
  errors.write(`${text}\n`);
  errors.flush();
}
