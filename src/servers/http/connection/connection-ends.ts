import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProxyHeader } from '../../proxy-protocol/proxy-header.ts';
import { tlsVariables } from '../../tls/tls-variables.ts';

const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

/** The addresses of the client and the server in the form of an environ. */
export interface ConnectionEnds {
  readonly scheme: 'http' | 'https';
  readonly serverName: string;
  readonly serverPort: string;
  /** `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: string | undefined;
  /** Whether the addresses are those that a proxy has sent. */
  readonly isProxied: boolean;
  /** The TLS variables for the environ. */
  readonly tls: Readonly<Record<string, string>> | undefined;
}

/** One end of a connection, as the operating system reports it. */
export interface SocketEnd {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

interface EndsOptions {
  readonly serverName?: string | undefined;
  readonly serverPort?: number | undefined;
}

/**
 * @param proxied the addresses that a proxy has sent for this connection
 * @param listensAt the local address, if it is known without a system call
 */
export function endsOf(
  socket: Socket,
  { serverName, serverPort }: EndsOptions,
  proxied?: ProxyHeader,
  listensAt?: SocketEnd,
): ConnectionEnds {
  const { source, destination } = proxied ?? {};
  const remote = source ?? { address: socket.remoteAddress, port: socket.remotePort };
  const local = destination ?? listensAt ?? { address: socket.localAddress, port: socket.localPort };
  const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
  return {
    scheme: isSecure || proxied?.isSecure ? 'https' : 'http',
    serverName: urlHost(serverName ?? plainAddress(local.address) ?? 'localhost'),
    serverPort: String(serverPort ?? local.port ?? 80),
    remoteAddress: plainAddress(remote.address),
    remotePort: remote.port === undefined ? undefined : String(remote.port),
    isProxied: source !== undefined,
    tls: isSecure ? tlsVariables(socket as TLSSocket) : undefined,
  };
}

/** Removes the IPv6 prefix of an IPv4 address, which appears if the server listens on `::`. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(IPV4_IN_IPV6, '');
}

/** A host in the form of a URL and of SERVER_NAME: an IPv6 address is in brackets (RFC 3875, section 4.1.14). */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
