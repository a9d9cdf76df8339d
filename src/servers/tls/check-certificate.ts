import type { KeyObject, X509Certificate } from 'node:crypto';
import { ImproperlyConfigured } from '../../errors.ts';
import type { CertificatePair } from './tls-options.ts';

/** The names of a certificate and its key in errors: names of options or of files. */
export interface PairNames {
  readonly cert: string;
  readonly key: string;
}

const BEGIN = /-----BEGIN CERTIFICATE-----/g;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY_BEGIN = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z ]*PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/;

const IN_WRITING = {
  hint: 'Write the new file under another name and rename it. Then it is never read while it is incomplete.',
};

/**
 * Checks that a certificate and its key are complete and belong together, so that an error can name the wrong file.
 *
 * @throws {ImproperlyConfigured}
 */
export function checkCertificate({ cert, key }: CertificatePair, names: PairNames): void {
  const [first, ...others] = readCertificates(cert, names.cert);
  const privateKey = readKey(key, names.key);
  if (first!.checkPrivateKey(privateKey)) return;
  const place = others.findIndex((other) => other.checkPrivateKey(privateKey));
  if (place === -1) {
    throw new ImproperlyConfigured(`${names.key} is not the key of the certificate in ${names.cert}.`);
  }
  throw new ImproperlyConfigured(
    `${names.cert} has the server's certificate at position ${place + 2}, but it must be the first.`,
    { hint: 'The order is: the certificate of the server, then that of its authority, and so on.' },
  );
}

/** @throws {ImproperlyConfigured} if there is no certificate, or if it is damaged or incomplete */
export function readCertificates(text: string | Buffer, name: string): readonly X509Certificate[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto'); // Loaded on demand, since most servers have no TLS.
  const pem = String(text);
  const blocks = pem.match(BLOCK) ?? [];
  const begun = pem.match(BEGIN)?.length ?? 0;
  if (begun === 0) throw new ImproperlyConfigured(`${name} has no certificate in PEM.`, BEGINS_WITH);
  if (blocks.length < begun) {
    throw new ImproperlyConfigured(
      `${name} ends within a certificate, or has one without an end.`,
      IN_WRITING,
    );
  }
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new ImproperlyConfigured(`Certificate ${i + 1} of ${name} is damaged.`, { cause });
    }
  });
}

const BEGINS_WITH = { hint: 'PEM is text: each certificate begins with -----BEGIN CERTIFICATE-----.' };

function readKey(text: string | Buffer, name: string): KeyObject {
  const pem = String(text);
  if (!KEY_BEGIN.test(pem)) {
    throw new ImproperlyConfigured(`${name} has no private key in PEM.`, {
      hint: 'A key in PEM begins with -----BEGIN PRIVATE KEY-----. If another file has the key, set it: --keyfile key.pem',
    });
  }
  if (!KEY_END.test(pem)) throw new ImproperlyConfigured(`${name} ends within a private key.`, IN_WRITING);
  if (ENCRYPTED.test(pem)) {
    throw new ImproperlyConfigured(`${name} has a key with a passphrase, which a server cannot ask for.`, {
      hint: 'Remove it: openssl pkey -in KEY -out PLAIN_KEY',
    });
  }
  try {
    return process.getBuiltinModule('node:crypto').createPrivateKey(pem);
  } catch (cause) {
    throw new ImproperlyConfigured(`The private key in ${name} is damaged.`, { cause });
  }
}
