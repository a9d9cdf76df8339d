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

/** The headers that describe the scheme, each with its known values. */
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

/** nginx sends this address for a client on a unix socket. */
const UNIX_PEER = 'unix:';

const NO_VALUES: readonly string[] = [];

type Scheme = 'http' | 'https';
type Key = `HTTP_${string}`;

/** The values that proxies have sent about the client's request. */
interface Told {
  readonly client?: ClientAddress | undefined;
  readonly scheme?: Scheme | undefined;
  readonly host?: string | undefined;
}

/**
 * Sets client, scheme, host, port and prefix by the `X-Forwarded-*` or `Forwarded` headers of a trusted peer.
 *
 * Each proxy appends the address of its own peer to the addresses that it has received. So the client is the last
 * address that is not the address of a trusted proxy; all addresses before it may be forged. If a request has both
 * kinds of headers, `X-Forwarded-*` is used: many proxies set it, and forward a client's `Forwarded` unchanged.
 *
 * @throws {HttpRefusal} if headers contradict each other, or a host is malformed
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

/** The keys are written out: for a request without these headers, this is faster than a loop over a list. */
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

/** The values in the element of the outermost proxy, which describes the client's own request. */
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

/**
 * The client as the outermost proxy has seen it, and the position of its address. A value that is not an address means
 * an unknown client.
 */
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

/** @throws {HttpRefusal} if the header was sent several times with different values, since the right one is unknown. */
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
