import { generateKeyPairSync, sign } from 'node:crypto';

/** The tags of X.690 that a certificate is made of. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;

/** Ed25519, 1.3.101.112. */
const ALGORITHM = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, Buffer.from([0x2b, 0x65, 0x70])));
const NO_NAME = encode(SEQUENCE);
const VALIDITY = encode(
  SEQUENCE,
  encode(UTC_TIME, Buffer.from('000101000000Z')),
  encode(UTC_TIME, Buffer.from('491231235959Z')),
);

/** A key and a certificate for it that it has signed itself (RFC 5280, section 4.1), which Node has no way to make. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const serial = encode(INTEGER, Buffer.from([1]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const toBeSigned = encode(SEQUENCE, serial, ALGORITHM, NO_NAME, VALIDITY, NO_NAME, spki);
  const signature = encode(BIT_STRING, Buffer.from([0]), sign(null, toBeSigned, privateKey));
  const certificate = encode(SEQUENCE, toBeSigned, ALGORITHM, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** A value with its tag and its length, as DER has it. */
function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x81, length]), content]);
}
