/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

import type { Bytes, CertificateConfig, Seconds } from '../units.ts';

/** Settings of requests and connections. */
export interface RequestsConfig {
  /**
   * How long an idle connection is kept for a further request. 0: not at all.
   *
   * @default 75 where every address is a loopback address or a unix socket, else 5; 86400 with another protocol than `http`
   */
  readonly keepAlive?: Seconds | undefined;
  /**
   * The longest request line. 0: any.
   *
   * @default 8190, larger where Node’s `--max-http-header-size` is
   */
  readonly limitRequestLine?: Bytes | undefined;
  /**
   * The most header fields of a request. 0: any number.
   *
   * @default 100
   */
  readonly limitRequestFields?: number | undefined;
  /**
   * The largest header field of a request. 0: any.
   *
   * @default 16384, larger where Node’s `--max-http-header-size` is
   */
  readonly limitRequestFieldSize?: Bytes | undefined;
  /**
   * The largest head of a request, the request line and all fields together. 0: any.
   *
   * @default 65536, larger where Node’s `--max-http-header-size` is, and more where the other two limits are
   */
  readonly limitRequestHead?: Bytes | undefined;
  /**
   * The largest body of a request. 0: any.
   *
   * @default 0
   */
  readonly limitRequestBody?: Bytes | undefined;
  /**
   * How long the head of a request may take to come; then it is refused with 408. 0: any time.
   *
   * @default 60
   */
  readonly headersTimeout?: Seconds | undefined;
  /**
   * How long the application may wait for the body, and a second more for every 500 bytes; then 408. 0: any time.
   *
   * @default 60
   */
  readonly bodyTimeout?: Seconds | undefined;
  /**
   * How long a client may read nothing of the response; then it is disconnected. 0: any time.
   *
   * @default 60
   */
  readonly writeTimeout?: Seconds | undefined;
  /**
   * Proxies whose `Forwarded` and `X-Forwarded-*` are believed: addresses, networks such as `10.0.0.0/8`, or `*`.
   * Unix sockets always are.
   *
   * @default 127.0.0.1, ::1
   */
  readonly forwardedAllowIps?: readonly string[] | undefined;
  /**
   * Which versions of the PROXY protocol are read at the start of a connection: `off`, `v1`, `v2`, or `auto` for
   * both, which the flag alone means too.
   *
   * @default off
   */
  readonly proxyProtocol?: 'off' | 'v1' | 'v2' | 'auto' | boolean | undefined;
  /**
   * Peers whose PROXY protocol is believed: addresses, networks, or `*`.
   *
   * @default 127.0.0.1, ::1
   */
  readonly proxyAllowIps?: readonly string[] | undefined;
  /**
   * The certificate in PEM, followed by the intermediate ones. With it the server speaks HTTPS.
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
   * The authorities of client certificates, in PEM.
   *
   * @default none
   */
  readonly caCerts?: string | undefined;
  /**
   * Whether clients are asked for a certificate (`optional`), and refused without one (`required`).
   *
   * @default none
   */
  readonly certReqs?: 'none' | 'optional' | 'required' | undefined;
  /**
   * Certificates for host names, beside `certfile`.
   *
   * @default none
   */
  readonly sni?: Readonly<Record<string, CertificateConfig>> | undefined;
}
