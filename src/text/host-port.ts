export const MAX_PORT = 65_535;

/**
 * A host and its port in the form of a URL, with an IPv6 address in brackets.
 *
 * @example formatHostPort({ host: '::1', port: 8000 }) // '[::1]:8000'
 */
export function formatHostPort({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
