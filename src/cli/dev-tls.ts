import { UsageError } from '../errors.ts';
import type { TlsOptions } from '../servers/tls/tls-options.ts';

/** runserver's options for HTTPS. */
export interface DevTlsOptions {
  readonly certfile?: string;
  readonly keyfile?: string;
  /** The content of the two files. */
  readonly tls?: TlsOptions | undefined;
}

/**
 * Reads the certificate and its key. Every worker resumes sessions, so that a reload needs no full handshakes.
 *
 * @throws {UsageError} for a key without a certificate
 * @throws {ImproperlyConfigured} that names the wrong file
 */
export async function readTls({ certfile, keyfile }: DevTlsOptions): Promise<TlsOptions | undefined> {
  if (keyfile !== undefined && certfile === undefined) {
    throw new UsageError('--keyfile is the key of a certificate, and there is no --certfile.');
  }
  if (certfile === undefined) return undefined;
  const { newTicketKeys, readCertificates } = await import('../production/tls/read-certificates.ts');
  return readCertificates({ certfile, keyfile }, newTicketKeys());
}

export function schemeOf({ tls }: DevTlsOptions): string {
  return tls === undefined ? 'http' : 'https';
}
