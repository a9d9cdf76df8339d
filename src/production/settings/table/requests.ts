import { peers, sniCertificates } from '../kinds/collections.ts';
import { bytes, seconds, wholeNumber } from '../kinds/numbers.ts';
import { choice, filePath } from '../kinds/texts.ts';
import type { Setting } from '../setting.ts';

const LOOPBACK = Object.freeze(['127.0.0.1', '::1']);
const LIMITS = 'larger where Node’s `--max-http-header-size` is';

/** Limits of requests and time limits for clients. */
export const REQUESTS = {
  keepAlive: {
    kind: seconds,
    defaultText:
      '75 where every address is a loopback address or a unix socket, else 5; 86400 with another protocol than `http`',
    flags: '--keep-alive',
    documentation: 'How long an idle connection is kept for a further request. 0: not at all.',
  },
  limitRequestLine: {
    kind: bytes,
    defaultText: `8190, ${LIMITS}`,
    flags: '--limit-request-line',
    documentation: 'The longest request line. 0: any.',
  },
  limitRequestFields: {
    kind: wholeNumber({ example: '100' }),
    defaultText: '100',
    flags: '--limit-request-fields',
    documentation: 'The most header fields of a request. 0: any number.',
  },
  limitRequestFieldSize: {
    kind: bytes,
    defaultText: `16384, ${LIMITS}`,
    flags: '--limit-request-field-size',
    documentation: 'The largest header field of a request. 0: any.',
  },
  limitRequestHead: {
    kind: bytes,
    defaultText: `65536, ${LIMITS}, and more where the other two limits are`,
    flags: '--limit-request-head',
    documentation: 'The largest head of a request, the request line and all fields together. 0: any.',
  },
  limitRequestBody: {
    kind: bytes,
    default: 0,
    flags: '--limit-request-body',
    documentation: 'The largest body of a request. 0: any.',
  },
  headersTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--headers-timeout',
    documentation:
      'How long the head of a request may take to come; then it is refused with 408. 0: any time.',
  },
  bodyTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--body-timeout',
    documentation:
      'How long the application may wait for the body, and a second more for every 500 bytes; then 408. 0: any time.',
  },
  writeTimeout: {
    kind: seconds,
    default: 60_000,
    flags: '--write-timeout',
    documentation:
      'How long a client may read nothing of the response; then it is disconnected. 0: any time.',
  },
  forwardedAllowIps: {
    kind: peers,
    default: LOOPBACK,
    flags: '--forwarded-allow-ips',
    documentation:
      'Proxies whose `Forwarded` and `X-Forwarded-*` are believed: addresses, networks such as `10.0.0.0/8`, or `*`. Unix sockets always are.',
  },
  proxyProtocol: {
    kind: choice(['off', 'v1', 'v2', 'auto'], { yes: 'auto', no: 'off' }),
    default: 'off',
    flags: '--proxy-protocol',
    documentation:
      'Which versions of the PROXY protocol are read at the start of a connection: `off`, `v1`, `v2`, or `auto` for both, which the flag alone means too.',
  },
  proxyAllowIps: {
    kind: peers,
    default: LOOPBACK,
    flags: '--proxy-allow-from',
    documentation: 'Peers whose PROXY protocol is believed: addresses, networks, or `*`.',
  },
  certfile: {
    kind: filePath("'cert.pem'"),
    default: undefined,
    defaultText: 'none: plain HTTP',
    flags: '--certfile',
    documentation:
      'The certificate in PEM, followed by the intermediate ones. With it the server speaks HTTPS.',
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
    documentation: 'The authorities of client certificates, in PEM.',
  },
  certReqs: {
    kind: choice(['none', 'optional', 'required']),
    default: 'none',
    flags: '--cert-reqs',
    documentation:
      'Whether clients are asked for a certificate (`optional`), and refused without one (`required`).',
  },
  sni: {
    kind: sniCertificates,
    default: Object.freeze({}),
    flags: '--sni',
    documentation: 'Certificates for host names, beside `certfile`.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
