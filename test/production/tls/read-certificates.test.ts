import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CertificateSettings, readCertificates } from '../../../src/production/tls/read-certificates.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { selfSigned } from '../../conformance/_certificate.ts';

const SERVER = selfSigned({ CN: 'server' });
const OTHER = selfSigned({ CN: 'other' });
const FILES: Readonly<Record<string, string>> = {
  'cert.pem': SERVER.cert,
  'key.pem': SERVER.key,
  'both.pem': SERVER.key + SERVER.cert,
  'chain.pem': `subject=server\n${SERVER.cert}\n${OTHER.cert}`,
  'wrong-order.pem': OTHER.cert + SERVER.cert,
  'other.pem': OTHER.cert,
  'other.key': OTHER.key,
  'empty.pem': '',
  'half.pem': SERVER.cert.slice(0, 200),
  'half-chain.pem': SERVER.cert + OTHER.cert.slice(0, 200),
  'half.key': SERVER.key.slice(0, 60),
  'damaged.pem': SERVER.cert.replace(/\n.{8}/, '\nAAAAAAAA'),
  'damaged.key': SERVER.key.replace(/\n.{8}/, '\nAAAAAAAA'),
  'secret.key': generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString(),
};

const folder = temporaryFolder({ ...FILES, 'folder/file': '' }, afterAll);

const inFolder = (name: string | undefined) => (name === undefined ? undefined : path.join(folder, name));

const read = ({ certfile, keyfile, caCerts, sni = {}, ...others }: CertificateSettings) =>
  readCertificates({
    certfile: inFolder(certfile),
    keyfile: inFolder(keyfile),
    caCerts: inFolder(caCerts),
    sni: Object.fromEntries(
      Object.entries(sni).map(([host, pair]) => [
        host,
        { certfile: inFolder(pair.certfile)!, keyfile: inFolder(pair.keyfile)! },
      ]),
    ),
    ...others,
  });

test.each<[string, CertificateSettings]>([
  ['a certificate and its key', { certfile: 'cert.pem', keyfile: 'key.pem' }],
  ['both in one file', { certfile: 'both.pem' }],
  ['a chain', { certfile: 'chain.pem', keyfile: 'key.pem' }],
  [
    'client certificates',
    { certfile: 'cert.pem', keyfile: 'key.pem', caCerts: 'chain.pem', certReqs: 'required' },
  ],
  ['host names', { sni: { a: { certfile: 'cert.pem', keyfile: 'key.pem' } } }],
])('%s are read', (_name, settings) => {
  expect(read(settings)).toBeDefined();
});

test('what is read is plain data', () => {
  const sni = { a: { certfile: 'other.pem', keyfile: 'other.key' } };
  const tls = read({ certfile: 'cert.pem', keyfile: 'key.pem', certReqs: 'none', sni });
  const pair = { cert: SERVER.cert, key: SERVER.key, certReqs: 'none' };
  expect(JSON.parse(JSON.stringify(tls))).toEqual({ ...pair, sni: { a: OTHER } });
});

test('without a certificate there is nothing', () => {
  expect(read({ certReqs: 'none' })).toBeUndefined();
});

const main = { certfile: 'cert.pem', keyfile: 'key.pem' };

test.each<[string, CertificateSettings, string]>([
  ['is missing', { ...main, keyfile: 'none.key' }, 'keyfile {}/none.key does not exist.'],
  ['is a folder', { ...main, certfile: 'folder' }, 'certfile {}/folder is not a regular file.'],
  [
    'is below a file',
    { ...main, certfile: 'cert.pem/x' },
    'certfile {}/cert.pem/x is below something that is no',
  ],
  ['is empty', { ...main, certfile: 'empty.pem' }, 'certfile {}/empty.pem has no certificate in PEM.'],
  ['is the key', { ...main, certfile: 'key.pem' }, 'certfile {}/key.pem has no certificate in PEM.'],
  ['is the certificate', { ...main, keyfile: 'cert.pem' }, 'keyfile {}/cert.pem has no private key in PEM.'],
  ['is half written', { ...main, certfile: 'half.pem' }, 'certfile {}/half.pem ends within a certificate'],
  ['has half a chain', { ...main, certfile: 'half-chain.pem' }, 'certfile {}/half-chain.pem ends within'],
  ['has half a key', { ...main, keyfile: 'half.key' }, 'keyfile {}/half.key ends within a private key.'],
  [
    'is damaged',
    { ...main, certfile: 'damaged.pem' },
    'Certificate 1 of certfile {}/damaged.pem is damaged.',
  ],
  [
    'is a damaged key',
    { ...main, keyfile: 'damaged.key' },
    'The private key in keyfile {}/damaged.key is damaged.',
  ],
  [
    'has a passphrase',
    { ...main, keyfile: 'secret.key' },
    'keyfile {}/secret.key has a key with a passphrase',
  ],
  [
    'is the key of another certificate',
    { ...main, keyfile: 'other.key' },
    'keyfile {}/other.key is not the key of the certificate in certfile {}/cert.pem.',
  ],
  [
    'has the chain in the wrong order',
    { ...main, certfile: 'wrong-order.pem' },
    "certfile {}/wrong-order.pem has the server's certificate at position 2",
  ],
  ['has no authority', { ...main, caCerts: 'empty.pem' }, 'caCerts {}/empty.pem has no certificate in PEM.'],
  ['has no authorities', { ...main, certReqs: 'required' }, 'caCerts is not set.'],
  [
    'is wrong for a host name',
    { ...main, sni: { 'a.example': { certfile: 'cert.pem', keyfile: 'other.key' } } },
    "sni['a.example'].keyfile {}/other.key is not the key",
  ],
  [
    'is missing for a host name',
    { ...main, sni: { 'a.example': { certfile: 'none.pem', keyfile: 'other.key' } } },
    "sni['a.example'].certfile {}/none.pem does not exist.",
  ],
])('a file that %s is named in one line', (_name, settings, message) => {
  const expected = message.replaceAll('{}', folder);
  expect(() => read(settings)).toThrow(expected);
});
