import { peers, sniCertificates } from '../kinds/collections.ts';
import { bytes, seconds, wholeNumber } from '../kinds/numbers.ts';
import { choice, filePath } from '../kinds/texts.ts';
import type { Setting } from '../setting.ts';

const LOOPBACK = Object.freeze(['127.0.0.1', '::1']);
const LIMITS = 'or Node’s `--max-http-header-size` if that is larger';

/** Limits of requests and time limits for clients. */
export const REQUESTS = {
  keepAlive: {
    kind: seconds,
    defaultText:
      '75 if all addresses are loopback addresses or unix sockets, else 5; 86400 with a protocol other than `http`',
    flags: '--keep-alive',
    documentation: 'How long an idle connection stays open for another request. 0: not at all.',
  },
  limitRequestLine: {
    kind: bytes,
    defaultText: `8190, ${LIMITS}`,
    flags: '--limit-request-line',
    documentation: 'The maximum length of the request line. 0: no limit.',
  },
  limitRequestFields: {
    kind: wholeNumber({ example: '100' }),
    defaultText: '100',
    flags: '--limit-request-fields',
    documentation: 'The maximum number of header fields. 0: no limit.',
  },
  limitRequestFieldSize: {
    kind: bytes,
    defaultText: `16384, ${LIMITS}`,
    flags: '--limit-request-field-size',
    documentation: 'The maximum size of one header field. 0: no limit.',
  },
  limitRequestHead: {
    kind: bytes,
    defaultText: `65536, ${LIMITS}; it grows with the limits of the line and of a field`,
    flags: '--limit-request-head',
    documentation: 'The maximum size of the head: the request line and all header fields. 0: no limit.',
  },
  limitRequestBody: {
    kind: bytes,
    default: 0,
    flags: '--limit-request-body',
    documentation: 'The maximum size of the body. 0: no limit.',
  },
  headersTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--headers-timeout',
    documentation: 'How long the server waits for the head of a request. Then it answers 408. 0: no limit.',
  },
  bodyTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--body-timeout',
    documentation:
      'How long the application may wait for the body, plus a second for every 500 bytes of it; and for how long no byte may arrive. Then the answer is 408. 0: no limit.',
  },
  writeTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--write-timeout',
    documentation:
      'How long a client may read nothing of the response. Then it is disconnected. 0: no limit.',
  },
  forwardedAllowIps: {
    kind: peers,
    default: LOOPBACK,
    flags: '--forwarded-allow-ips',
    documentation:
      'Proxies whose `Forwarded` and `X-Forwarded-*` headers are trusted: addresses, networks such as `10.0.0.0/8`, or `*` for all. Peers on unix sockets are always trusted.',
  },
  proxyProtocol: {
    kind: choice(['off', 'v1', 'v2', 'auto'], { yes: 'auto', no: 'off' }),
    default: 'off',
    flags: '--proxy-protocol',
    documentation:
      'The version of the PROXY protocol at the start of each connection: `off`, `v1`, `v2`, or `auto` for both. The flag without a value means `auto`.',
  },
  proxyAllowIps: {
    kind: peers,
    default: LOOPBACK,
    flags: '--proxy-allow-from',
    documentation: 'Peers whose PROXY protocol is trusted: addresses, networks, or `*` for all.',
  },
  certfile: {
    kind: filePath("'cert.pem'"),
    default: undefined,
    defaultText: 'none: plain HTTP',
    flags: '--certfile',
    documentation:
      'The certificate in PEM, followed by the intermediate certificates. With it the server speaks HTTPS.',
  },
  keyfile: {
    kind: filePath("'key.pem'"),
    default: undefined,
    defaultText: 'in `certfile`',
    flags: '--keyfile',
    documentation: 'The private key of the certificate, in PEM.',
  },
  caCerts: {
    kind: filePath("'ca.pem'"),
    default: undefined,
    flags: '--ca-certs',
    documentation: 'The certificate authorities of client certificates, in PEM.',
  },
  certReqs: {
    kind: choice(['none', 'optional', 'required']),
    default: 'none',
    flags: '--cert-reqs',
    documentation:
      '`optional`: clients are asked for a certificate. `required`: clients without one are refused.',
  },
  sni: {
    kind: sniCertificates,
    default: Object.freeze({}),
    flags: '--sni',
    documentation: 'More certificates, each for a host name.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
