import type { RequestInHand } from '../servers/server.ts';
import { printableLine } from '../wsgi/printable.ts';

/** Of what belongs to the line above. */
export const INDENT = '  ';

/** A line of text for each request, and one for those that are not shown. */
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
