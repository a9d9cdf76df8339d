/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

import type { Bytes, CertificateConfig, Seconds } from '../units.ts';

/** Settings of requests and connections. */
export interface RequestsConfig {
  /**
   * How long an idle connection stays open for another request. 0: not at all.
   *
   * @default 75 if all addresses are loopback addresses or unix sockets, else 5; 86400 with a protocol other than `http`
   */
  readonly keepAlive?: Seconds | undefined;
  /**
   * The maximum length of the request line. 0: no limit.
   *
   * @default 8190, or Node’s `--max-http-header-size` if that is larger
   */
  readonly limitRequestLine?: Bytes | undefined;
  /**
   * The maximum number of header fields. 0: no limit.
   *
   * @default 100
   */
  readonly limitRequestFields?: number | undefined;
  /**
   * The maximum size of one header field. 0: no limit.
   *
   * @default 16384, or Node’s `--max-http-header-size` if that is larger
   */
  readonly limitRequestFieldSize?: Bytes | undefined;
  /**
   * The maximum size of the head: the request line and all header fields. 0: no limit.
   *
   * @default 65536, or Node’s `--max-http-header-size` if that is larger; it grows with the limits of the line and of a field
   */
  readonly limitRequestHead?: Bytes | undefined;
  /**
   * The maximum size of the body. 0: no limit.
   *
   * @default 0
   */
  readonly limitRequestBody?: Bytes | undefined;
  /**
   * How long the server waits for the head of a request. Then it answers 408. 0: no limit.
   *
   * @default 60
   */
  readonly headersTimeout?: Seconds | undefined;
  /**
   * How long the application may wait for the body, plus a second for every 500 bytes of it; and for how long no
   * byte may arrive. Then the answer is 408. 0: no limit.
   *
   * @default 60
   */
  readonly bodyTimeout?: Seconds | undefined;
  /**
   * How long a client may read nothing of the response. Then it is disconnected. 0: no limit.
   *
   * @default 60
   */
  readonly writeTimeout?: Seconds | undefined;
  /**
   * Proxies whose `Forwarded` and `X-Forwarded-*` headers are trusted: addresses, networks such as `10.0.0.0/8`,
   * or `*` for all. Peers on unix sockets are always trusted.
   *
   * @default 127.0.0.1, ::1
   */
  readonly forwardedAllowIps?: readonly string[] | undefined;
  /**
   * The version of the PROXY protocol at the start of each connection: `off`, `v1`, `v2`, or `auto` for both. The
   * flag without a value means `auto`.
   *
   * @default off
   */
  readonly proxyProtocol?: 'off' | 'v1' | 'v2' | 'auto' | boolean | undefined;
  /**
   * Peers whose PROXY protocol is trusted: addresses, networks, or `*` for all.
   *
   * @default 127.0.0.1, ::1
   */
  readonly proxyAllowIps?: readonly string[] | undefined;
  /**
   * The certificate in PEM, followed by the intermediate certificates. With it the server speaks HTTPS.
   *
   * @default none: plain HTTP
   */
  readonly certfile?: string | undefined;
  /**
   * The private key of the certificate, in PEM.
   *
   * @default in `certfile`
   */
  readonly keyfile?: string | undefined;
  /**
   * The certificate authorities of client certificates, in PEM.
   *
   * @default none
   */
  readonly caCerts?: string | undefined;
  /**
   * `optional`: clients are asked for a certificate. `required`: clients without one are refused.
   *
   * @default none
   */
  readonly certReqs?: 'none' | 'optional' | 'required' | undefined;
  /**
   * More certificates, each for a host name.
   *
   * @default none
   */
  readonly sni?: Readonly<Record<string, CertificateConfig>> | undefined;
}
