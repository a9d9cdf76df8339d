import type { SecureContext, SecureContextOptions } from 'node:tls';
import { ImproperlyConfigured } from '../../errors.ts';
import { checkCertificate, type PairNames, readCertificates } from './check-certificate.ts';
import type { CertificatePair, TlsOptions } from './tls-options.ts';

/** The options of `tls.createServer()` for a `TlsOptions`. */
export interface TlsServerOptions extends SecureContextOptions {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly ALPNProtocols: string[];
  readonly SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => void;
}

/** The names of certificates in errors. */
interface TlsNames extends PairNames {
  readonly ca: string;
  readonly sni: (host: string) => PairNames;
}

const OPTION_NAMES: TlsNames = {
  cert: 'tls.cert',
  key: 'tls.key',
  ca: 'tls.ca',
  sni: (host) => ({ cert: `tls.sni['${host}'].cert`, key: `tls.sni['${host}'].key` }),
};

export const TICKET_KEY_BYTES = 48;
/** The maximum length in OpenSSL. */
const CONTEXT_LENGTH = 32;

/**
 * Checks all certificates and keys, and converts them to the options of Node's server.
 *
 * @param names the names of certificates in errors. @default the names of the options
 * @throws {ImproperlyConfigured} for the first one that is wrong
 */
export function secureContexts(tls: TlsOptions, names: TlsNames = OPTION_NAMES): TlsServerOptions {
  const { cert, key, ca, certReqs = 'none', sni = {} } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? [names.key, names.cert] : [names.cert, names.key];
    throw new ImproperlyConfigured(`${there} is set, and ${missing} is not.`);
  }
  if (cert === undefined && Object.keys(sni).length === 0) {
    throw new ImproperlyConfigured(`HTTPS needs a certificate, but ${names.cert} is not set.`);
  }
  if (certReqs !== 'none' && ca === undefined) {
    throw new ImproperlyConfigured(
      `Client certificates need certificate authorities, but ${names.ca} is not set.`,
    );
  }
  if (ca !== undefined) readCertificates(ca, names.ca);
  const shared = sharedOptions(tls);
  const contextOf = (pair: CertificatePair, pairNames: PairNames): SecureContextOptions => {
    checkCertificate(pair, pairNames);
    return { ...shared, cert: pair.cert, key: pair.key };
  };
  const main = cert === undefined || key === undefined ? shared : contextOf({ cert, key }, names);
  const { createSecureContext } = process.getBuiltinModule('node:tls'); // Loaded on demand, since most servers have no TLS.
  const contexts = new Map(
    Object.entries(sni).map(([host, pair]) => [
      host.toLowerCase(),
      createSecureContext(contextOf(pair, names.sni(host))),
    ]),
  );
  return {
    ...main,
    requestCert: certReqs !== 'none',
    rejectUnauthorized: certReqs === 'required',
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => done(null, contextFor(name.toLowerCase(), contexts)),
  };
}

function sharedOptions({ ca, certReqs, ticketKeys }: TlsOptions): SecureContextOptions {
  // A resumed session skips the check of the client. So a session may be resumed only under the same rules.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const rules = createHash('sha256').update(`${certReqs} ${ca}`).digest('hex');
  const keys = typeof ticketKeys === 'string' ? Buffer.from(ticketKeys, 'base64') : ticketKeys;
  if (keys !== undefined && keys.length !== TICKET_KEY_BYTES) {
    throw new ImproperlyConfigured(
      `tls.ticketKeys has ${keys.length} bytes, and must have ${TICKET_KEY_BYTES}.`,
    );
  }
  return {
    sessionIdContext: rules.slice(0, CONTEXT_LENGTH),
    ...(ca !== undefined && { ca }),
    ...(keys !== undefined && { ticketKeys: Buffer.from(keys) }),
  };
}

/** Undefined if the server's main certificate is used. */
function contextFor(name: string, contexts: ReadonlyMap<string, SecureContext>): SecureContext | undefined {
  return contexts.get(name) ?? contexts.get(name.replace(/^[^.]+/, '*'));
}
