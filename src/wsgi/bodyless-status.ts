/** Whether HTTP allows a response of this status no body (RFC 9110, section 6.4.1). */
export function isBodyless(status: number): boolean {
  return isLengthless(status) || status === 304;
}

/** Whether it has no Content-Length either (RFC 9110, section 8.6). */
export function isLengthless(status: number): boolean {
  return status < 200 || status === 204;
}
