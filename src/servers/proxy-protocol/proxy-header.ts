/** One end of the connection that a proxy forwards. */
export interface ProxiedEnd {
  /** An IP address; undefined on a unix socket. */
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** The content of a PROXY header. */
export interface ProxyHeader {
  /** The size of the header in bytes. The client's own bytes follow it. */
  readonly length: number;
  /**
   * The client. Undefined if the connection is the proxy's own, or if the proxy does not know the client. Then the
   * addresses of the connection are used.
   */
  readonly source: ProxiedEnd | undefined;
  /** The address that the client connected to. */
  readonly destination: ProxiedEnd | undefined;
  /** Whether the client has connected to the proxy by TLS. */
  readonly isSecure: boolean;
}

/** The bytes are not a PROXY header, or the peer is not trusted. */
export class ProxyHeaderError extends Error {}
