import type { Header } from '../../wsgi/types.ts';

/** The head of a response in the format of CGI (RFC 3875, section 6), for FastCGI and SCGI. */
export function cgiResponseHead(status: number, reason: string, headers: readonly Header[]): string {
  return withFields(`Status: ${status} ${reason}\r\n`, headers);
}

/** The head of a response in the format of HTTP, for uwsgi. */
export function httpResponseHead(status: number, reason: string, headers: readonly Header[]): string {
  return withFields(`HTTP/1.1 ${status} ${reason}\r\n`, headers);
}

function withFields(firstLine: string, headers: readonly Header[]): string {
  let head = firstLine;
  for (const header of headers) head += `${header[0]}: ${header[1]}\r\n`;
  return `${head}\r\n`;
}
