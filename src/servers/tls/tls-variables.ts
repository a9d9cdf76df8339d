import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * What an environ says of a connection's TLS, by the names of Apache's mod_ssl: the client's certificate where it has
 * shown one, its names as RFC 2253 writes them.
 */
export function tlsVariables(socket: TLSSocket): Readonly<Record<string, string>> {
  if (typeof socket.getCipher !== 'function') return {}; // some libraries make sockets that only say that they are secure
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

/** Node writes a name from the root down, a line for each part, with the escapes of RFC 2253. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(',');
}
