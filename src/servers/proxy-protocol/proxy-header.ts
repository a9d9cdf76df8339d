/** An end of the connection that a proxy passes on. */
export interface ProxiedEnd {
  /** An IP address, undefined on a unix socket. */
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** The content of a PROXY header. */
export interface ProxyHeader {
  /** How many bytes it takes: the client's own come behind it. */
  readonly length: number;
  /** The client. Undefined where the proxy speaks for itself, or does not know: then the connection's own ends count. */
  readonly source: ProxiedEnd | undefined;
  /** The address that the client connected to. */
  readonly destination: ProxiedEnd | undefined;
  /** Whether the client came by TLS, which the proxy has taken off. */
  readonly isSecure: boolean;
}

/** The bytes are not a PROXY header, or the peer is not trusted. */
export class ProxyHeaderError extends Error {}
