import { ImproperlyConfigured } from '../../errors.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { secureContexts, TICKET_KEY_BYTES } from '../../servers/tls/secure-contexts.ts';
import type { CertificatePair, TlsOptions } from '../../servers/tls/tls-options.ts';
import { describeThrown, isError, readText } from '../../text/thrown-text.ts';

/** The settings that name files of certificates and keys. */
export interface CertificateSettings {
  readonly certfile?: string | undefined;
  /** @default the certfile also contains the key */
  readonly keyfile?: string | undefined;
  readonly caCerts?: string | undefined;
  readonly certReqs?: TlsOptions['certReqs'];
  readonly sni?:
    | Readonly<Record<string, { readonly certfile: string; readonly keyfile: string }>>
    | undefined;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read by the user that the server runs as',
  EISDIR: 'is not a regular file',
  ENOTDIR: 'is below something that is not a folder',
  ELOOP: 'is a link that leads to itself',
};

const HINT =
  'Name a file in PEM that this user can read. Relative paths begin in the working folder, or in that of the configuration file.';

/**
 * Reads the certificates and keys that settings name, and checks them as a server does. It may be called again after
 * the files have changed. If it throws, the server keeps its certificates.
 *
 * @param ticketKeys for `TlsOptions.ticketKeys`, which all workers of a site share
 * @returns plain data, and nothing for settings without a certificate
 * @throws {ImproperlyConfigured} that names the first wrong file: it is missing, incomplete or damaged, or the key does
 * not belong to the certificate
 */
export function readCertificates(settings: CertificateSettings, ticketKeys?: string): TlsOptions | undefined {
  const { certfile, keyfile = certfile, caCerts, certReqs, sni = {} } = settings;
  if (certfile === undefined && Object.keys(sni).length === 0) return undefined;
  const main =
    certfile === undefined || keyfile === undefined
      ? {}
      : readPair({ certfile, keyfile }, 'certfile', 'keyfile');
  const pairs = Object.entries(sni).map(
    ([host, files]) => [host, readPair(files, `sni['${host}'].certfile`, `sni['${host}'].keyfile`)] as const,
  );
  const tls: TlsOptions = {
    ...main,
    certReqs,
    ...(caCerts !== undefined && { ca: read(caCerts, 'caCerts') }),
    ...(pairs.length > 0 && { sni: Object.fromEntries(pairs) }),
    ...(ticketKeys !== undefined && { ticketKeys }),
  };
  secureContexts(tls, {
    cert: `certfile ${certfile}`,
    key: `keyfile ${keyfile}`,
    ca: caCerts === undefined ? 'caCerts' : `caCerts ${caCerts}`,
    sni: (host) => ({
      cert: `sni['${host}'].certfile ${sni[host]!.certfile}`,
      key: `sni['${host}'].keyfile ${sni[host]!.keyfile}`,
    }),
  });
  return tls;
}

/** Keys that all workers of a server share, so that a client can resume its session with any of them. */
export function newTicketKeys(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto'); // Loaded on demand, since most servers have no TLS.
  return randomBytes(TICKET_KEY_BYTES).toString('base64');
}

function readPair(
  { certfile, keyfile }: { readonly certfile: string; readonly keyfile: string },
  certName: string,
  keyName: string,
): CertificatePair {
  return { cert: read(certfile, certName), key: read(keyfile, keyName) };
}

function read(file: string, setting: string): string {
  try {
    return readRegularFile(file);
  } catch (cause) {
    const code = isError(cause) ? readText(cause, 'code') : '';
    const problem = PROBLEMS[code] ?? `cannot be read: ${describeThrown(cause)}`;
    throw new ImproperlyConfigured(`${setting} ${file} ${problem}.`, { hint: HINT, cause });
  }
}
