import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProxyHeader } from '../../proxy-protocol/proxy-header.ts';
import { tlsVariables } from '../../tls/tls-variables.ts';

const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

/** The client and the server, as an environ has them. */
export interface ConnectionEnds {
  readonly scheme: 'http' | 'https';
  readonly serverName: string;
  readonly serverPort: string;
  /** `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: string | undefined;
  /** Whether the client and what it connected to are by the word of a proxy. */
  readonly isProxied: boolean;
  /** The variables of its TLS in an environ. */
  readonly tls: Readonly<Record<string, string>> | undefined;
}

/** One end of a connection, as the system has it. */
export interface SocketEnd {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

interface EndsOptions {
  readonly serverName?: string | undefined;
  readonly serverPort?: number | undefined;
}

/**
 * @param proxied what a proxy said of the connection that it passes on
 * @param listensAt where the connection has come in, where that is known without a question to the system
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

/** Without the IPv6 form that a server which listens on `::` sees of IPv4 addresses. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(IPV4_IN_IPV6, '');
}

/** A host as it is written in a URL, and in SERVER_NAME: an IPv6 address in brackets (RFC 3875, section 4.1.14). */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
