import { type ClientAddress, isPort, parseClientAddress } from '../../../text/client-address.ts';
import { isHost } from '../../../text/host-names.ts';
import { setClient, setHost, setPort, setPrefix, setScheme } from '../../../wsgi/environ/behind-proxy.ts';
import { headerName } from '../../../wsgi/environ/cgi-names.ts';
import type { Environ } from '../../../wsgi/types.ts';
import type { TrustedPeers } from '../../trusted-peers.ts';
import { HttpRefusal } from '../request/refusal.ts';
import { parseForwarded } from './forwarded-field.ts';

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['http', 'http'],
  ['https', 'https'],
]);

/** The headers that say the scheme, each with the values that it has for one. */
const SCHEME_HEADERS: ReadonlyMap<Key, ReadonlyMap<string, Scheme>> = new Map([
  ['HTTP_X_FORWARDED_PROTO', SCHEMES],
  ['HTTP_X_FORWARDED_PROTOCOL', new Map([...SCHEMES, ['ssl', 'https']])],
  [
    'HTTP_X_FORWARDED_SSL',
    new Map<string, Scheme>([
      ['on', 'https'],
      ['off', 'http'],
    ]),
  ],
]);

/** How nginx writes the address of a peer on a unix socket. */
const UNIX_PEER = 'unix:';

const NO_VALUES: readonly string[] = [];

type Scheme = 'http' | 'https';
type Key = `HTTP_${string}`;

/** The values of proxies about the client's request. */
interface Told {
  readonly client?: ClientAddress | undefined;
  readonly scheme?: Scheme | undefined;
  readonly host?: string | undefined;
}

/**
 * Takes client, scheme, host, port and prefix from what a trusted peer has sent in `X-Forwarded-*` or `Forwarded`.
 *
 * Each proxy adds the address of its own peer behind those that it was sent. So the client is the last address that is
 * not one of the proxies': all before it may be made up. Where both kinds of header came, `X-Forwarded-*` is believed:
 * many proxies set that one and pass on the other as clients send it.
 *
 * @throws {HttpRefusal} when headers contradict each other, or a host is malformed
 */
export function believeForwarded(environ: Environ, proxies: TrustedPeers): void {
  if (!hasForwarded(environ)) return;
  const told = toldByXForwarded(environ, proxies);
  const standard = toldByForwarded(environ, proxies);
  checkAgreement(told, standard);
  const port = single(environ, 'HTTP_X_FORWARDED_PORT');
  const prefix = single(environ, 'HTTP_X_FORWARDED_PREFIX');
  const isAny = told.client ?? told.scheme ?? told.host ?? port ?? prefix;
  const { client, scheme, host } = isAny === undefined ? standard : told;
  if (client !== undefined) setClient(environ, client.address, client.port);
  setScheme(environ, scheme);
  if (host !== undefined) setHost(environ, host);
  if (port !== undefined && isPort(port)) setPort(environ, port);
  if (prefix !== undefined) setPrefix(environ, prefix);
}

/** Named one by one: faster than a loop over a list, for each request without these headers. */
function hasForwarded(environ: Environ): boolean {
  const told =
    environ.HTTP_X_FORWARDED_FOR ??
    environ.HTTP_X_FORWARDED_PROTO ??
    environ.HTTP_X_FORWARDED_HOST ??
    environ.HTTP_X_FORWARDED_PORT ??
    environ.HTTP_X_FORWARDED_PREFIX ??
    environ.HTTP_FORWARDED ??
    environ.HTTP_X_FORWARDED_SSL ??
    environ.HTTP_X_FORWARDED_PROTOCOL;
  return told !== undefined;
}

function toldByXForwarded(environ: Environ, proxies: TrustedPeers): Told {
  return {
    client: outermost(valuesOf(environ, 'HTTP_X_FORWARDED_FOR'), proxies)?.client,
    scheme: schemeOf(environ),
    host: checkHost(single(environ, 'HTTP_X_FORWARDED_HOST'), 'X-Forwarded-Host'),
  };
}

/** The element that the outermost of the proxies added says how the client's own request came. */
function toldByForwarded({ HTTP_FORWARDED: header }: Environ, proxies: TrustedPeers): Told {
  if (!header) return {};
  const elements = parseForwarded(header);
  if (elements === undefined) throw new HttpRefusal(400, 'The Forwarded header is malformed.');
  const found = outermost(
    elements.map((element) => element.for),
    proxies,
  );
  const { proto, host } = elements[found?.place ?? elements.length - 1] ?? {};
  const scheme = SCHEMES.get(proto?.toLowerCase() ?? '');
  return { client: found?.client, scheme, host: checkHost(host, 'Forwarded') };
}

/** The client that the outermost of the proxies has seen, and the place of its address. What is not an address is unknown. */
function outermost(
  addresses: readonly (string | undefined)[],
  proxies: TrustedPeers,
): { readonly place: number; readonly client: ClientAddress } | undefined {
  let found: { place: number; client: ClientAddress } | undefined;
  for (let place = addresses.length - 1; place >= 0; place--) {
    const text = addresses[place]!;
    if (text === UNIX_PEER && proxies.has(undefined)) continue;
    const client = text === undefined ? undefined : parseClientAddress(text);
    if (client === undefined) return found;
    found = { place, client };
    if (!proxies.has(client.address)) return found;
  }
  return found;
}

function schemeOf(environ: Environ): Scheme | undefined {
  let told: Scheme | undefined;
  for (const [key, schemes] of SCHEME_HEADERS) {
    const scheme = schemes.get(single(environ, key)?.toLowerCase() ?? '');
    if (scheme !== undefined && told !== undefined && scheme !== told) throw contradiction('scheme');
    told ??= scheme;
  }
  return told;
}

function checkAgreement(told: Told, standard: Told): void {
  if (differ(told.client?.address, standard.client?.address)) throw contradiction('client');
  if (differ(told.scheme, standard.scheme)) throw contradiction('scheme');
  if (differ(told.host?.toLowerCase(), standard.host?.toLowerCase())) throw contradiction('host');
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function contradiction(of: string): HttpRefusal {
  return new HttpRefusal(400, `The headers of the proxies contradict each other about the ${of}.`);
}

/** @throws {HttpRefusal} when it was sent with values that differ: nothing says which of them is meant. */
function single(environ: Environ, key: Key): string | undefined {
  const [first, ...others] = valuesOf(environ, key);
  if (others.some((other) => other.toLowerCase() !== first!.toLowerCase())) {
    throw new HttpRefusal(400, `The header ${headerName(key)} has values that differ.`);
  }
  return first;
}

function valuesOf(environ: Environ, key: Key): readonly string[] {
  const value = environ[key];
  if (!value) return NO_VALUES;
  if (!value.includes(',')) return [value];
  return value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function checkHost(host: string | undefined, header: string): string | undefined {
  if (host === undefined || isHost(host)) return host;
  throw new HttpRefusal(400, `The host in the ${header} header is not a valid host.`);
}
