import type { Header } from './types.ts';

/** The headers that belong to the connection and are therefore set by the server. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Removes the headers of the connection that a response arrived by. They include the headers that its Connection header
 * names (RFC 9110, section 7.6.1).
 */
export function withoutConnectionHeaders(headers: readonly Header[]): readonly Header[] {
  for (const [name] of headers) if (HOP_BY_HOP.has(name.toLowerCase())) return filtered(headers);
  return headers;
}

function filtered(headers: readonly Header[]): readonly Header[] {
  const named = new Set<string>();
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const option of value.split(',')) named.add(option.trim().toLowerCase());
  }
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.has(lower);
  });
}
