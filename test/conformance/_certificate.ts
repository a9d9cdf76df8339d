import { generateKeyPairSync, sign } from 'node:crypto';

/** The tags of X.690 that a certificate is made of. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;

/** Ed25519, 1.3.101.112. */
const ALGORITHM = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, Buffer.from([0x2b, 0x65, 0x70])));
const VALIDITY = encode(
  SEQUENCE,
  encode(UTC_TIME, Buffer.from('000101000000Z')),
  encode(UTC_TIME, Buffer.from('491231235959Z')),
);

/** The parts of a name, by the last byte of the object identifiers below 2.5.4. */
const NAME_PARTS = { CN: 3, C: 6, O: 10 } as const;

type Name = Readonly<Partial<Record<keyof typeof NAME_PARTS, string>>>;

/** A key and a certificate for it that it has signed itself (RFC 5280, section 4.1), which Node has no way to make. */
export function selfSigned(subject: Name = {}): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = encodeName(subject);
  const serial = encode(INTEGER, Buffer.from([1]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const toBeSigned = encode(SEQUENCE, serial, ALGORITHM, name, VALIDITY, name, spki);
  const signature = encode(BIT_STRING, Buffer.from([0]), sign(null, toBeSigned, privateKey));
  const certificate = encode(SEQUENCE, toBeSigned, ALGORITHM, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function encodeName(name: Name): Buffer {
  const parts = Object.entries(name).map(([part, text]) => {
    const identifier = Buffer.from([0x55, 0x04, NAME_PARTS[part as keyof typeof NAME_PARTS]]);
    return encode(
      SET,
      encode(SEQUENCE, encode(OBJECT_IDENTIFIER, identifier), encode(UTF8_STRING, Buffer.from(text))),
    );
  });
  return encode(SEQUENCE, ...parts);
}

/** A value with its tag and its length, as DER has it. */
function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = [length >> 8, length & 0xff].slice(length < 0x100 ? 1 : 0);
  const form = length < 0x80 ? [] : [0x80 + size.length];
  return Buffer.concat([Buffer.from([tag, ...form, ...size]), content]);
}
