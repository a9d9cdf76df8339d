import type { RequestInHand } from '../servers/server.ts';
import { printableLine } from '../wsgi/printable.ts';

/** The indentation of details below a line. */
export const INDENT = '  ';

/** One line of text for each request, and one for the number of requests that are not shown. */
export function requestLines(requests: readonly RequestInHand[], count: number): string[] {
  const more = count - requests.length;
  return [
    ...requests.map((request) => INDENT + requestLine(request)),
    ...(more > 0 ? [`${INDENT}and ${more} more`] : []),
  ];
}

function requestLine({ method, target, ageMs, client }: RequestInHand): string {
  const from = client === undefined ? '' : `  from ${client}`;
  return printableLine(`${method} ${target}  for ${(ageMs / 1000).toFixed(1)} s${from}`);
}
