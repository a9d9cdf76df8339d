import { isPort } from '../../text/client-address.ts';
import { isHost } from '../../text/host-names.ts';
import { BoundedMap } from '../../wsgi/bounded-map.ts';
import { joinValues, pathBytes } from '../../wsgi/environ/cgi-names.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { createEnviron, type EnvironDefaults } from '../../wsgi/environ/server-variables.ts';
import type { Environ } from '../../wsgi/types.ts';
import { plainAddress, urlHost } from '../http/connection/connection-ends.ts';
import { HttpRefusal } from '../http/request/refusal.ts';
import type { GatewayVariables } from './gateway-variables.ts';
import { requestPaths, type Variables } from './request-paths.ts';

export interface GatewayEnvironDefaults extends EnvironDefaults {
  /** Where the site is mounted, whatever the web server says: the setting FORCE_SCRIPT_NAME. @default what it says */
  readonly forceScriptName?: string | null | undefined;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const PROTOCOL = /^HTTP\/\d+(?:\.\d+)?$/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const TRUE: ReadonlySet<string> = new Set(['on', '1', 'true', 'yes', 'https']);

/** The variables that this file makes from others. */
const MADE: ReadonlySet<string> = new Set([
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'QUERY_STRING',
  'CONTENT_TYPE',
  'CONTENT_LENGTH',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_PROTOCOL',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'HTTPS',
  'HTTP_CONTENT_TYPE',
  'HTTP_CONTENT_LENGTH',
  'HTTP_TRANSFER_ENCODING',
]);

const CACHE_SIZE = 512;
const CACHED_NAME_LENGTH = 64;
const keptNames = new BoundedMap<string, boolean>(CACHE_SIZE);

/** The names of those that stay as they are. */
function plainOf(given: Variables): string[] {
  return [...given.keys()].filter((name) => !MADE.has(name));
}

function environOf(
  given: Variables,
  plain: readonly string[],
  source: ByteSource,
  defaults: GatewayEnvironDefaults,
): Environ {
  const method = given.get('REQUEST_METHOD') ?? '';
  if (!TOKEN.test(method))
    throw new HttpRefusal(400, 'The REQUEST_METHOD that the web server sent is not a method.');
  const { forceScriptName } = defaults;
  const forced = typeof forceScriptName === 'string' ? pathBytes(forceScriptName) : undefined;
  const { scriptName, pathInfo } = requestPaths(given, forced);
  if (pathInfo === '*' && method !== 'OPTIONS')
    throw new HttpRefusal(400, 'A request target is a path or an http: URL.');
  const scheme = schemeOf(given);
  const port = given.get('SERVER_PORT') ?? '';
  const protocol = given.get('SERVER_PROTOCOL') ?? '';
  const facts = {
    method,
    path: '/',
    query: given.get('QUERY_STRING') ?? queryOf(given.get('REQUEST_URI')),
    serverName: serverNameOf(given),
    serverPort: isPort(port) ? port : DEFAULT_PORTS[scheme],
    protocol: PROTOCOL.test(protocol) ? protocol : 'HTTP/1.1',
    scheme,
  };
  const environ = createEnviron(facts, source, defaults);
  environ.SCRIPT_NAME = scriptName;
  environ.PATH_INFO = pathInfo;
  for (const name of plain) environ[name] = given.get(name)!;
  addClient(environ, given);
  addContent(environ, given);
  checkHost(environ.HTTP_HOST);
  return environ;
}

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/**
 * Makes the environs of one connection. Where its requests have the same names of variables, what is known of a name is
 * found once, and a value that is the same object as before is checked once.
 */
export class GatewayEnvirons {
  #variables: GatewayVariables = [];
  #given = new Map<string, string>();
  #plain: readonly string[] = [];
  /** Whether the environ has each of the variables: none was dropped, and none came twice. */
  #isWhole = false;

  /**
   * The environ of a request, of the CGI variables that a web server has sent. Those that no PEP names stay as they are.
   *
   * @param variables names and values, bytes as latin-1 characters
   * @throws {HttpRefusal} for what our HTTP server would refuse as well
   */
  make(variables: GatewayVariables, source: ByteSource, defaults: GatewayEnvironDefaults): Environ {
    if (!this.#update(variables)) {
      this.#given = collect(variables);
      this.#isWhole = this.#given.size === variables.length;
      this.#plain = plainOf(this.#given);
    }
    this.#variables = variables;
    return environOf(this.#given, this.#plain, source, defaults);
  }

  /** @returns false where the names are others than before */
  #update(variables: GatewayVariables): boolean {
    const before = this.#variables;
    if (!this.#isWhole || variables.length !== before.length) return false;
    this.#isWhole = false; // until all have been taken
    for (let i = 0; i < variables.length; i++) {
      const variable = variables[i]!;
      if (variable === before[i]) continue;
      const [name, value] = variable;
      if (name !== before[i]![0] || (name === 'HTTP_HOST' && value === '')) return false;
      this.#given.set(name, ownValue(name, value));
    }
    this.#isWhole = true;
    return true;
  }
}

/** @throws {HttpRefusal} for a header that our HTTP server would not take */
function ownValue(name: string, value: string): string {
  if (!name.startsWith('HTTP_')) return value;
  if (CONTROL.test(value))
    throw new HttpRefusal(400, `The header of ${name} has a control character in its value.`);
  return withoutSpaceAround(value);
}

/**
 * All values of a repeated header count, as in HTTP. Of another variable the last one counts: it stands behind those of an
 * included file. The same holds for HTTP_HOST, which the included file of Debian's nginx sets too.
 */
function collect(variables: GatewayVariables): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of variables) {
    if (!isKept(name)) continue;
    if (name === 'HTTP_HOST' && value === '') continue; // how nginx says that there is none
    const isJoined = name.startsWith('HTTP_') && name !== 'HTTP_HOST';
    const first = isJoined ? given.get(name) : undefined;
    const own = ownValue(name, value);
    given.set(name, first === undefined ? own : joinValues(name, first, own));
  }
  return given;
}

const SPACE = 32;
const TAB = 9;

/** Spaces and tabs around a value are not part of it (RFC 9110, section 5.5). nginx leaves the tabs. */
function withoutSpaceAround(value: string): string {
  let start = 0;
  let end = value.length;
  while (isSpace(value.charCodeAt(start))) start += 1;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Names are as clients send them, behind `HTTP_`. */
function isKept(name: string): boolean {
  const known = keptNames.get(name);
  if (known !== undefined) return known;
  const isNameKept = isVariable(name);
  if (name.length <= CACHED_NAME_LENGTH) keptNames.set(name, isNameKept);
  return isNameKept;
}

/**
 * Whether a variable may be in an environ: not what passes for a variable of this server, nor `HTTP_PROXY`, which
 * passes for the proxy of requests to others (https://httpoxy.org).
 */
function isVariable(name: string): boolean {
  if (name === 'HTTP_PROXY' || name === '__proto__' || !TOKEN.test(name)) return false;
  return !/^(?:wsgi|startproject)\./i.test(name);
}

/** HTTPS counts more than REQUEST_SCHEME: it is what is set by hand where TLS ends before the web server. */
function schemeOf(given: ReadonlyMap<string, string>): 'http' | 'https' {
  const https = given.get('HTTPS')?.toLowerCase();
  if (https) return TRUE.has(https) ? 'https' : 'http';
  return given.get('REQUEST_SCHEME')?.toLowerCase() === 'https' ? 'https' : 'http';
}

/** Of a host that is not an IPv6 address without brackets. */
const PORT = /^([^:]*|\[.*\]):\d+$/;

/** `_` is what nginx calls a server that has no name. HAProxy sends the Host header, with its port. */
function serverNameOf(given: ReadonlyMap<string, string>): string {
  const name = given.get('SERVER_NAME')?.replace(PORT, '$1');
  if (name && name !== '_' && isHost(urlHost(name))) return urlHost(name);
  return urlHost(plainAddress(given.get('SERVER_ADDR')) || 'localhost');
}

function queryOf(target = ''): string {
  return /\?([^#]*)/.exec(target)?.[1] ?? '';
}

/** Of a client on a unix socket nginx sends the address `unix:` and an empty port: there is none. */
function addClient(environ: Environ, given: ReadonlyMap<string, string>): void {
  const address = plainAddress(given.get('REMOTE_ADDR'));
  if (!address || address === 'unix:') return;
  environ.REMOTE_ADDR = address;
  const port = given.get('REMOTE_PORT');
  if (port) environ.REMOTE_PORT = port;
}

/** The value that Caddy 2.6 sends for a chunked body. */
const UNKNOWN_LENGTH = '-1';

/**
 * Servers send both also empty, and as headers too, which an environ has not. The coding counts where nothing says how
 * long the body is: otherwise the web server has decoded it, and counted.
 */
function addContent(environ: Environ, given: ReadonlyMap<string, string>): void {
  const type = given.get('CONTENT_TYPE') || given.get('HTTP_CONTENT_TYPE');
  // Also an empty one: nginx keeps a body back by `fastcgi_pass_request_body off; fastcgi_param CONTENT_LENGTH "";`, and still
  // sends the header.
  const length = given.get('CONTENT_LENGTH') ?? given.get('HTTP_CONTENT_LENGTH');
  const isUnknown = length === UNKNOWN_LENGTH;
  const coding = given.get('HTTP_TRANSFER_ENCODING') || (isUnknown ? 'chunked' : undefined);
  if (type && CONTROL.test(type))
    throw new HttpRefusal(400, 'CONTENT_TYPE has a control character in its value.');
  if (length && !isUnknown && !/^\d{1,15}$/.test(length))
    throw new HttpRefusal(400, 'CONTENT_LENGTH is not a number of bytes.');
  if (type) environ.CONTENT_TYPE = type;
  if (length && !isUnknown) environ.CONTENT_LENGTH = length;
  else if (coding) environ.HTTP_TRANSFER_ENCODING = coding;
}

function checkHost(host: string | undefined): void {
  if (host !== undefined && !isHost(host)) throw new HttpRefusal(400, 'The Host header is not a valid host.');
}
