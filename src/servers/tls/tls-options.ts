/** A certificate with its key, both in PEM. */
export interface CertificatePair {
  /** The server's certificate, followed by the intermediate certificates. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/**
 * The HTTPS options of a server. Certificates and keys are texts in PEM, not names of files. At least one certificate
 * is required.
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
  /** The certificate authorities of client certificates, in PEM. */
  readonly ca?: string | Buffer | undefined;
  /**
   * Whether clients are asked for a certificate. A certificate that `ca` has not signed is always refused. `required`
   * also refuses clients without a certificate. @default 'none'
   */
  readonly certReqs?: 'none' | 'optional' | 'required' | undefined;
  /**
   * Certificates for host names, which replace `cert` and `key`. `*.example.com` stands for any name one label below.
   */
  readonly sni?: Readonly<Record<string, CertificatePair>> | undefined;
  /**
   * 48 random bytes, or their base64. Servers with the same keys resume each other's sessions.
   * @default random bytes of this process
   */
  readonly ticketKeys?: Uint8Array | string | undefined;
}
