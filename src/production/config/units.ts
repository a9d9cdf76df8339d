/** A time: a number of seconds, or a text with a unit. */
export type Seconds = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** A size: a number of bytes, or a text with a unit. */
export type Bytes = number | `${number}${'K' | 'M' | 'G'}`;

/** The certificate of one host name. */
export interface CertificateConfig {
  /** The certificate, followed by the intermediate certificates, in PEM. */
  readonly certfile: string;
  /** Its private key, in PEM. */
  readonly keyfile: string;
}
