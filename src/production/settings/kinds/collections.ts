import path from 'node:path';
import { TrustedPeers } from '../../../servers/trusted-peers.ts';
import { found, isRight, type Kind, WrongValue } from './kind.ts';
import { isText } from './texts.ts';

interface ListOptions {
  /** The description of the items. Messages show it after "expected a list of". */
  readonly items: string;
  /** A correct item. */
  readonly example: string;
  readonly argument: string;
  /** Whether commas in a text separate items. @default true */
  readonly hasCommas?: boolean;
  /** A further check of an item. @default none @throws {UserError} with the reason if the check fails */
  readonly check?: (item: string) => unknown;
  /** Whether the items are paths. They are converted to absolute paths. @default false */
  readonly isPaths?: boolean;
}

/** A list of texts. In an environment variable, commas separate them. */
export function list({
  items,
  example,
  argument,
  hasCommas = true,
  check = () => true,
  isPaths = false,
}: ListOptions): Kind<readonly string[]> {
  const read = (all: readonly unknown[], folder: string) => {
    const items = all.map((item) => {
      if (!isText(item) || !isRight(item, check)) throw new WrongValue(item);
      return isPaths ? path.resolve(folder, item) : item;
    });
    return Object.freeze(items);
  };
  return {
    expected: `a list of ${items}`,
    example: `['${example}']`,
    exampleText: example,
    type: 'readonly string[]',
    argument,
    isRepeatable: true,
    fromTexts: (texts, folder) => read(hasCommas ? texts.flatMap(atCommas) : texts, folder),
    fromConfig(value, folder) {
      if (!Array.isArray(value)) throw new WrongValue(value);
      return read(value, folder);
    },
    toText: (value) => value.join(', '),
  };
}

/** Trusted peers: addresses, networks, `unix`, `*`. */
export const peers: Kind<readonly string[]> = list({
  items: "IP addresses and networks, such as '10.0.0.0/8', or '*'",
  example: '10.0.0.0/8',
  argument: '<addresses>',
  check: TrustedPeers.isEntry,
});

type Environment = Readonly<Record<string, string>>;

/** Variables of the environment: `NAME=VALUE`. */
export const environment: Kind<Environment> = {
  expected: "pairs such as 'NAME=VALUE' (in a file { NAME: 'VALUE' })",
  example: "{ TZ: 'UTC' }",
  exampleText: 'TZ=UTC',
  type: 'Readonly<Record<string, string | number | boolean>>',
  argument: '<name=value>',
  isRepeatable: true,
  fromTexts: (texts) => Object.freeze(Object.fromEntries(texts.map(pairFrom))),
  fromConfig: (value) => Object.freeze(Object.fromEntries(entriesOf(value).map(variableFrom))),
  toText: (value) =>
    Object.entries(value)
      .map(([name, text]) => `${name}=${text}`)
      .join(', '),
};

/** The certificate of one host name. */
export interface CertificateFiles {
  /** The certificate, followed by the intermediate certificates, in PEM. */
  readonly certfile: string;
  /** Its private key, in PEM. */
  readonly keyfile: string;
}

type SniCertificates = Readonly<Record<string, CertificateFiles>>;

/** Certificates by host name: `HOST=CERTFILE:KEYFILE`. */
export const sniCertificates: Kind<SniCertificates> = {
  expected: "pairs such as 'HOST=CERTFILE:KEYFILE' (in a file { HOST: { certfile, keyfile } })",
  example: "{ 'shop.example.com': { certfile: 'shop.pem', keyfile: 'shop.key' } }",
  exampleText: 'shop.example.com=shop.pem:shop.key',
  type: 'Readonly<Record<string, CertificateConfig>>',
  argument: '<host=certfile:keyfile>',
  isRepeatable: true,
  fromTexts: (texts, folder) => certificates(texts.flatMap(atCommas).map(certificateText), folder),
  fromConfig: (value, folder) =>
    certificates(
      entriesOf(value).map(([host, files]) => [host, filesFrom(files)] as const),
      folder,
    ),
  toText: (value) =>
    Object.entries(value)
      .map(([host, { certfile, keyfile }]) => `${host}=${certfile}:${keyfile}`)
      .join(', '),
};

function atCommas(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function entriesOf(value: unknown): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WrongValue(value);
  return Object.entries(value);
}

function pairFrom(text: string): readonly [string, string] {
  const [, name, value] = found(/^([^=\0]+)=([^\0]*)$/s.exec(text) ?? undefined, text);
  return [name!, value!];
}

function variableFrom([name, value]: readonly [string, unknown]): readonly [string, string] {
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw new WrongValue(value);
  if (name.includes('=')) throw new WrongValue(name);
  return pairFrom(`${name}=${value}`);
}

function certificateText(text: string): readonly [string, CertificateFiles] {
  const [, host, certfile, keyfile] = found(/^([^=]+)=([^:]+):([^:]+)$/.exec(text) ?? undefined, text);
  return [host!, { certfile: certfile!, keyfile: keyfile! }];
}

function filesFrom(value: unknown): CertificateFiles {
  const { certfile, keyfile, ...others } = Object.fromEntries(entriesOf(value));
  if (!isText(certfile) || !isText(keyfile) || Object.keys(others).length > 0) throw new WrongValue(value);
  return { certfile, keyfile };
}

function certificates(
  entries: readonly (readonly [string, CertificateFiles])[],
  folder: string,
): SniCertificates {
  const absolute = entries.map(([host, { certfile, keyfile }]) => [
    host.toLowerCase(),
    Object.freeze({ certfile: path.resolve(folder, certfile), keyfile: path.resolve(folder, keyfile) }),
  ]);
  return Object.freeze(Object.fromEntries(absolute));
}
