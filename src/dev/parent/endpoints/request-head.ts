import { isIP } from 'node:net';
import { isAllowed, LOCAL_HOSTS } from '../../../text/host-names.ts';

/** The header fields of a request, by their names in lower case. */
export type Fields = ReadonlyMap<string, string>;

/**
 * Reads the header fields of a request, in time linear in its length.
 *
 * @param head The head in latin-1, up to the empty line.
 * @returns the fields. The values of a repeated field are joined by commas. Undefined for a malformed head.
 */
export function parseFields(head: string): Fields | undefined {
  const fields = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || name.trim() !== name) return undefined;
    const value = line.slice(colon + 1).trim();
    fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value);
  }
  return fields;
}

/**
 * Whether a host belongs to the site. The name of another site may resolve to this machine (DNS rebinding), but an IP
 * address cannot be misused in this way.
 */
export function isOwnHost(domain: string, allowedHosts: readonly string[]): boolean {
  return (
    isIP(domain.replace(/^\[(.*)\]$/, '$1')) !== 0 || isAllowed(domain, [...LOCAL_HOSTS, ...allowedHosts])
  );
}

/**
 * Whether a request comes from a page of this origin. Browsers send the origin, and do not let scripts change these
 * headers.
 */
export function isSameOrigin(fields: Fields, host: string): boolean {
  const site = fields.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = fields.get('origin');
  return origin === undefined || origin === `http://${host}`;
}
