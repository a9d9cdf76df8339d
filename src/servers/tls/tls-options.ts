/** A certificate with its key, both in PEM. */
export interface CertificatePair {
  /** The server's certificate, then those between it and the authority. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/**
 * How a server speaks HTTPS. Certificates and keys are texts in PEM, not names of files. At least one certificate is needed.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import type { TlsOptions } from 'startproject/server';
 *
 * export const readTls = (): TlsOptions => ({
 *   cert: readFileSync('cert.pem', 'utf8'),
 *   key: readFileSync('key.pem', 'utf8'),
 * });
 */
export interface TlsOptions extends Partial<CertificatePair> {
  /** The authorities of client certificates, in PEM. */
  readonly ca?: string | Buffer | undefined;
  /**
   * Whether clients are asked for a certificate. One that `ca` has not signed is refused in any case, and with `required`
   * also a client without one. @default 'none'
   */
  readonly certReqs?: 'none' | 'optional' | 'required' | undefined;
  /** Certificates for host names, in place of `cert` and `key`. `*.example.com` is any name one label below. */
  readonly sni?: Readonly<Record<string, CertificatePair>> | undefined;
  /**
   * 48 random bytes, or their base64. Servers that have the same resume each other's sessions.
   * @default bytes of this process's own
   */
  readonly ticketKeys?: Uint8Array | string | undefined;
}
