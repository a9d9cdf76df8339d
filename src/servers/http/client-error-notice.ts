import { printableLine, quotedText } from '../../wsgi/printable.ts';
import type { WSGIErrors } from '../../wsgi/types.ts';
import type { ClientErrorRecord } from './request/refusal.ts';

/** Longer request lines are cut, since the line of a refused request may have any length. */
const SHOWN_LENGTH = 200;

/** The log line for a request that the server refused before it called the application. */
export function clientErrorNotice({ kind, status, message, requestLine }: ClientErrorRecord): string {
  if (kind === 'tls')
    return 'A client tried HTTPS, but this server only speaks HTTP: open the http:// address.';
  if (status === 0) return `Closed the connection: ${printableLine(message)}`;
  const line = requestLine === undefined ? '' : `: "${quotedText(requestLine.slice(0, SHOWN_LENGTH))}"`;
  return `Refused with ${status}, ${printableLine(message)}${line}`;
}

/** Returns a function that writes a log line for each refused request. */
export function reportTo(errors: WSGIErrors): (record: ClientErrorRecord) => void {
  return (record) => errors.write(`${record.remoteAddress ?? 'A client'}: ${clientErrorNotice(record)}\n`);
}
