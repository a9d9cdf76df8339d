import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * The TLS variables of an environ, with the names of Apache's mod_ssl. They include the client's certificate, if there
 * is one, with its names in the format of RFC 2253.
 */
export function tlsVariables(socket: TLSSocket): Readonly<Record<string, string>> {
  if (typeof socket.getCipher !== 'function') return {}; // Sockets of some libraries claim to be secure but have no TLS methods.
  const certificate = socket.getPeerX509Certificate();
  return {
    SSL_PROTOCOL: socket.getProtocol() ?? '',
    SSL_CIPHER: socket.getCipher().name,
    ...(certificate !== undefined && clientVariables(certificate, socket)),
  };
}

function clientVariables(
  certificate: X509Certificate,
  { authorized, authorizationError }: TLSSocket,
): Record<string, string> {
  const { subject, issuer, serialNumber, validFrom, validTo } = certificate;
  return {
    SSL_CLIENT_VERIFY: authorized ? 'SUCCESS' : `FAILED:${authorizationError}`,
    SSL_CLIENT_S_DN: distinguishedName(subject),
    SSL_CLIENT_I_DN: distinguishedName(issuer),
    SSL_CLIENT_M_SERIAL: serialNumber,
    SSL_CLIENT_V_START: validFrom,
    SSL_CLIENT_V_END: validTo,
    SSL_CLIENT_CERT: certificate.toString(),
  };
}

/** Converts a name from Node's format: one line for each part, beginning at the root, with the escapes of RFC 2253. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(',');
}
