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
  /**
   * The mount point of the site, which replaces the one of the web server: the setting FORCE_SCRIPT_NAME.
   * @default the value of the web server
   */
  readonly forceScriptName?: string | null | undefined;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const PROTOCOL = /^HTTP\/\d+(?:\.\d+)?$/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const TRUE: ReadonlySet<string> = new Set(['on', '1', 'true', 'yes', 'https']);

/** The variables that this file computes from others. */
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

/** The names of the variables that are copied unchanged. */
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
    throw new HttpRefusal(400, 'A request target must be a path or an http: URL.');
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
 * Makes the environs of one connection. If its requests have the same variable names, each name is examined once. A
 * value that is the same object as before is checked once.
 */
export class GatewayEnvirons {
  #variables: GatewayVariables = [];
  #given = new Map<string, string>();
  #plain: readonly string[] = [];
  /** Whether the environ has all variables: none was dropped, and none was repeated. */
  #isWhole = false;

  /**
   * Makes the environ of a request from the CGI variables of a web server. Variables that no PEP mentions are copied
   * unchanged.
   *
   * @param variables names and values, bytes as latin-1 characters
   * @throws {HttpRefusal} for values that our HTTP server would refuse as well
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

  /** @returns false if the names differ from those of the last request */
  #update(variables: GatewayVariables): boolean {
    const before = this.#variables;
    if (!this.#isWhole || variables.length !== before.length) return false;
    this.#isWhole = false; // False until all variables are processed.
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

/** @throws {HttpRefusal} for a header that our HTTP server would refuse */
function ownValue(name: string, value: string): string {
  if (!name.startsWith('HTTP_')) return value;
  if (CONTROL.test(value))
    throw new HttpRefusal(400, `The header of ${name} has a control character in its value.`);
  return withoutSpaceAround(value);
}

/**
 * Joins the values of a repeated header, as in HTTP. For other variables, the last value is used, since it is the one
 * after an included file. This also holds for HTTP_HOST, which the included file of Debian's nginx sets too.
 */
function collect(variables: GatewayVariables): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of variables) {
    if (!isKept(name)) continue;
    if (name === 'HTTP_HOST' && value === '') continue; // nginx sends an empty value if there is no Host header.
    const isJoined = name.startsWith('HTTP_') && name !== 'HTTP_HOST';
    const first = isJoined ? given.get(name) : undefined;
    const own = ownValue(name, value);
    given.set(name, first === undefined ? own : joinValues(name, first, own));
  }
  return given;
}

const SPACE = 32;
const TAB = 9;

/**
 * Removes spaces and tabs around a value, which are not part of it (RFC 9110, section 5.5). nginx does not remove tabs.
 */
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

/** Whether a header is kept. After `HTTP_`, the names are chosen by clients. */
function isKept(name: string): boolean {
  const known = keptNames.get(name);
  if (known !== undefined) return known;
  const isNameKept = isVariable(name);
  if (name.length <= CACHED_NAME_LENGTH) keptNames.set(name, isNameKept);
  return isNameKept;
}

/**
 * Whether a variable may be in an environ. A client must not be able to set variables of this server, or `HTTP_PROXY`,
 * which libraries use as the proxy for outgoing requests (https://httpoxy.org).
 */
function isVariable(name: string): boolean {
  if (name === 'HTTP_PROXY' || name === '__proto__' || !TOKEN.test(name)) return false;
  return !/^(?:wsgi|startproject)\./i.test(name);
}

/** HTTPS has priority over REQUEST_SCHEME, since administrators set it where TLS ends before the web server. */
function schemeOf(given: ReadonlyMap<string, string>): 'http' | 'https' {
  const https = given.get('HTTPS')?.toLowerCase();
  if (https) return TRUE.has(https) ? 'https' : 'http';
  return given.get('REQUEST_SCHEME')?.toLowerCase() === 'https' ? 'https' : 'http';
}

/** Matches a host with a port. An IPv6 address must be in brackets. */
const PORT = /^([^:]*|\[.*\]):\d+$/;

/** nginx uses the name `_` for a server without a name. HAProxy sends the Host header, including the port. */
function serverNameOf(given: ReadonlyMap<string, string>): string {
  const name = given.get('SERVER_NAME')?.replace(PORT, '$1');
  if (name && name !== '_' && isHost(urlHost(name))) return urlHost(name);
  return urlHost(plainAddress(given.get('SERVER_ADDR')) || 'localhost');
}

function queryOf(target = ''): string {
  return /\?([^#]*)/.exec(target)?.[1] ?? '';
}

/**
 * Adds the address of the client. For a client on a unix socket, nginx sends the address `unix:` and an empty port, so
 * there is none.
 */
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
 * Adds the type and the length of the body. Web servers also send both as empty variables and as headers, which an
 * environ must not have. The transfer coding is used only if the length is unknown: otherwise the web server has
 * decoded the body and determined its length.
 */
function addContent(environ: Environ, given: ReadonlyMap<string, string>): void {
  const type = given.get('CONTENT_TYPE') || given.get('HTTP_CONTENT_TYPE');
  // An empty value has priority too: nginx sends it if it withholds the body by `fastcgi_pass_request_body off;
  // fastcgi_param CONTENT_LENGTH "";`, while the header still has the length.
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
