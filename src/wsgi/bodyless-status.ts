/** Whether HTTP forbids a body in a response with this status (RFC 9110, section 6.4.1). */
export function isBodyless(status: number): boolean {
  return isLengthless(status) || status === 304;
}

/** Whether HTTP also forbids a Content-Length (RFC 9110, section 8.6). */
export function isLengthless(status: number): boolean {
  return status < 200 || status === 204;
}
