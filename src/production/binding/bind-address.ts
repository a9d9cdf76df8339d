import { isIP, isIPv4, isIPv6 } from 'node:net';
import { UsageError } from '../../errors.ts';
import { formatHostPort, MAX_PORT } from '../../text/host-port.ts';
import { quote } from '../../text/quote.ts';

/** The address of one `--bind`. */
export type BindAddress =
  /** A host name or an IP address without brackets. With port 0 the system chooses a free port. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** A file, with its path as written, or an abstract socket of Linux, whose path begins with NUL. */
  | { readonly kind: 'unix'; readonly path: string }
  /** A socket that this process inherited, by its number. */
  | { readonly kind: 'fd'; readonly fd: number }
  /** The sockets that systemd passes under this name (`FileDescriptorName=`). */
  | { readonly kind: 'systemd'; readonly name: string };

const DEFAULT_PORT = 8000;
/** `sun_path` has 108 bytes, with a NUL at the end. */
const LONGEST_SOCKET_PATH = 107;
/** Standard output and standard error. Standard input is allowed, since web servers pass a socket as standard input. */
const OUTPUTS: ReadonlySet<number> = new Set([1, 2]);

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

/**
 * Reads a `--bind` value: `127.0.0.1:8000`, `:8000` (every IPv4 address), `localhost` (port 8000), `[::1]:8000`,
 * `unix:/run/mysite.sock`, `unix:@name` (an abstract socket), `fd://3`, `systemd:NAME`. As with gunicorn, `unix:` and
 * the host may be written `unix://` and `tcp://host`.
 *
 * @throws {UsageError} with an example of a correct value.
 *
 * @example parseBind('[::1]:8000') // { kind: 'tcp', host: '::1', port: 8000 }
 */
export function parseBind(text: string): BindAddress {
  const [, scheme, rest] = /^(unix|fd|systemd|tcp):(?:\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme === 'unix') return parseUnix(text, rest!);
  if (scheme === 'fd') return parseFd(text, rest!);
  if (scheme === 'systemd') return parseSystemd(text, rest!);
  return parseTcp(text, scheme === 'tcp' && text.startsWith('tcp://') ? rest! : text);
}

/** The text of an address: `127.0.0.1:8000`, `[::1]:8000`, `unix:/run/mysite.sock`, `unix:@name`, `fd://3`. */
export function formatBind(address: BindAddress): string {
  switch (address.kind) {
    case 'tcp':
      // A host may have the same name as the prefix of another form.
      return `${/^(?:unix|fd|systemd)$/.test(address.host) ? 'tcp://' : ''}${formatHostPort(address)}`;
    case 'unix':
      return `unix:${address.path.replace(/^\0/, '@')}`;
    case 'fd':
      return `fd://${address.fd}`;
    case 'systemd':
      return `systemd:${address.name}`;
  }
}

/**
 * The keys of a site's sockets: their addresses in the form of `formatBind()`. Each socket with port 0 has a key of its
 * own, even if several sites have one.
 *
 * @example socketKeys([parseBind(':80'), parseBind(':0')], 'blog') // ['0.0.0.0:80', '0.0.0.0:0 (blog 1)']
 */
export function socketKeys(addresses: readonly BindAddress[], site = 'default'): readonly string[] {
  let free = 0;
  return addresses.map((address) => {
    const isFree = address.kind === 'tcp' && address.port === 0;
    return isFree ? `${formatBind(address)} (${site} ${++free})` : formatBind(address);
  });
}

/** The protocol of an address. */
export type Scheme = 'http' | 'https' | 'fcgi' | 'scgi' | 'uwsgi';

/**
 * As `formatBind()`, but as a URL if there is one: `http://[::1]:8000`, `fcgi://127.0.0.1:3033`,
 * `unix:/run/mysite.sock`.
 */
export function formatServedAt(address: BindAddress, scheme: Scheme = 'http'): string {
  return address.kind === 'tcp' ? `${scheme}://${formatHostPort(address)}` : formatBind(address);
}

/**
 * Whether only this machine can connect: a loopback address, or a unix socket. For an inherited socket, pass its own
 * address, which `BoundSocket` has.
 *
 * @example isLocal(parseBind('127.0.0.1:8000')) // true
 */
export function isLocal(address: BindAddress): boolean {
  if (address.kind === 'unix') return true;
  if (address.kind !== 'tcp') return false;
  const host = address.host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return isIPv4(host) ? host.startsWith('127.') : /^(?:::1|localhost\.?|.+\.localhost\.?)$/.test(host);
}

/** @throws {UsageError} if the system cannot create a socket with this path. */
export function checkSocketPath(path: string, text = `unix:${path}`): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_SOCKET_PATH)
    throw new UsageError(
      `The path of ${quote(text)} has ${bytes} bytes: that of a unix socket can have ${LONGEST_SOCKET_PATH}.`,
      { hint: "Use a shorter folder. Example: 'unix:/run/mysite.sock'." },
    );
}

function parseUnix(text: string, path: string): BindAddress {
  if (path === '' || path === '@') throw wrong(text, 'it has no path', "'unix:/run/mysite.sock'");
  if (path.includes('\0')) throw wrong(text, 'its path has a NUL character', "'unix:/run/mysite.sock'");
  if (path.endsWith('/')) throw wrong(text, 'its path is a folder', quote(`unix:${path}mysite.sock`));
  checkSocketPath(path, text);
  return { kind: 'unix', path: path.replace(/^@/, '\0').replace(/^\/+/, '/') };
}

function parseFd(text: string, number: string): BindAddress {
  if (!/^\d{1,9}$/.test(number)) throw wrong(text, 'it has no descriptor number', "'fd://3'");
  if (OUTPUTS.has(Number(number)))
    throw wrong(text, 'descriptors 1 and 2 are standard output and standard error', "'fd://3'");
  return { kind: 'fd', fd: Number(number) };
}

function parseSystemd(text: string, name: string): BindAddress {
  // The characters that systemd allows in FileDescriptorName=.
  if (!/^(?!\/)[\x21-\x39\x3b-\x7e]{1,255}$/.test(name))
    throw wrong(
      text,
      'it has no name of a socket',
      "'systemd:mysite.socket', or the unit's FileDescriptorName=",
    );
  return { kind: 'systemd', name };
}

function parseTcp(text: string, hostAndPort: string): BindAddress {
  const hint = hintForTcp(hostAndPort);
  const parts = /^(?:\[(?<ipv6>[^\]]*)\]|(?<name>[^:[\]]*))(?::(?<port>.*))?$/s.exec(hostAndPort)?.groups;
  if (parts === undefined || hostAndPort === '' || hint !== undefined)
    throw wrong(text, ...(hint ?? UNKNOWN));
  const { ipv6, name, port: portText = String(DEFAULT_PORT) } = parts;
  const shown = ipv6 === undefined ? (name === '' ? '127.0.0.1' : name!) : `[${ipv6}]`;
  if (!/^\d+$/.test(portText))
    throw wrong(text, `its port ${quote(portText)} is not a number`, quote(`${shown}:${DEFAULT_PORT}`));
  const port = Number(portText);
  if (port > MAX_PORT) throw wrong(text, `ports go from 0 to ${MAX_PORT}`, quote(`${shown}:${DEFAULT_PORT}`));
  if (ipv6 !== undefined && !isIPv6(ipv6))
    throw wrong(text, `${quote(ipv6)} is not an IPv6 address`, `'[::1]:${port}'`);
  // Without a host, every IPv4 address is used, as with gunicorn. A host of 0 means the same, as with Django.
  const host = ipv6 ?? (name === '' || name === '0' ? '0.0.0.0' : name!);
  const looksLikeIPv4 = /^[\d.]+$/.test(host);
  if (looksLikeIPv4 && !isIPv4(host))
    throw wrong(text, `${quote(host)} is not an IPv4 address`, `'127.0.0.1:${port}'`);
  if (isIP(host) === 0 && !HOST_NAME.test(host))
    throw wrong(text, `${quote(host)} is not a host name`, `'localhost:${port}'`);
  return { kind: 'tcp', host, port };
}

const UNKNOWN = [
  'that is not HOST:PORT, and none of the other forms',
  "'127.0.0.1:8000', ':8000', '[::1]:8000', 'unix:/run/mysite.sock', 'fd://3', 'systemd:NAME'",
] as const;

/** Frequent mistakes: the problem, and the text that was probably meant. */
function hintForTcp(text: string): readonly [string, string] | undefined {
  const [, bare = '', port = String(DEFAULT_PORT)] = /^(.*:.*):(\d+)$/.exec(text) ?? [];
  if (isIPv6(text)) return ['an IPv6 address takes brackets', `'[${text}]:${DEFAULT_PORT}'`];
  if (isIPv6(bare)) return ['an IPv6 address takes brackets', `'[${bare}]:${port}'`];
  if (/^\d+$/.test(text) && text !== '0')
    return ['a lone number is not an address', `'127.0.0.1:${text}', or ':${text}' for every address`];
  if (/^\*(?::|$)/.test(text))
    return ["'*' is not a host", `${quote(text.slice(1) || `:${DEFAULT_PORT}`)} is every address`];
  const [, afterScheme] = /^[a-z]+:\/\/([^/]+)/i.exec(text) ?? [];
  if (afterScheme !== undefined) return ['it is a URL', quote(afterScheme)];
  return text.startsWith('/') ? ['a path takes unix: before it', quote(`unix:${text}`)] : undefined;
}

function wrong(text: string, why: string, example: string): UsageError {
  return new UsageError(`${quote(text)} is not an address to bind: ${why}.`, {
    hint: `Example: ${example}.`,
  });
}
