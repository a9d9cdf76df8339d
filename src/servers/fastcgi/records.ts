/** The types of records (FastCGI 1.0, section 8). */
export const BEGIN_REQUEST = 1;
export const ABORT_REQUEST = 2;
const END_REQUEST = 3;
export const PARAMS = 4;
export const STDIN = 5;
export const STDOUT = 6;
export const STDERR = 7;
export const GET_VALUES = 9;
export const GET_VALUES_RESULT = 10;
const UNKNOWN_TYPE = 11;

export const VERSION = 1;
export const HEADER_BYTES = 8;
export const BEGIN_REQUEST_BYTES = 8;
/** The most content of a record. What is longer is sent in several; eight divides it, so that none needs padding. */
export const MOST_CONTENT = 65_528;

const PADDING = '\0'.repeat(8);

/** The one role that a WSGI application has. */
export const RESPONDER = 1;
/** A flag of FCGI_BEGIN_REQUEST: the web server closes the connection, not the application. */
export const KEEP_CONN = 1;

/** The protocol status of FCGI_END_REQUEST. */
export const REQUEST_COMPLETE = 0;
export const OVERLOADED = 2;
export const UNKNOWN_ROLE = 3;

/** The header of a record, each character a byte. */
export function recordHead(type: number, id: number, length: number, padding = 0): string {
  return String.fromCharCode(VERSION, type, id >> 8, id & 0xff, length >> 8, length & 0xff, padding, 0);
}

/** A record with little content, each character a byte. */
export function record(type: number, id: number, content: string): string {
  return recordHead(type, id, content.length) + content;
}

/**
 * FCGI_STDERR with a text, each character a byte. It has padding: HAProxy 2.6.12 of Debian 12 crashes when the text is the last that
 * it has read so far. It moves the text by b_xfer(), which then exchanges the buffers, and frees what is none of its pool:
 * https://github.com/haproxy/haproxy/blob/v2.6.0/src/mux_fcgi.c, fcgi_strm_handle_stderr().
 */
export function stderrRecord(id: number, text: string): string {
  return `${recordHead(STDERR, id, text.length, PADDING.length)}${text}${PADDING}`;
}

/** FCGI_END_REQUEST: nothing more is sent for this request, and its id is free. @param appStatus as the exit status of a CGI program */
export function endRequest(id: number, appStatus: number, protocolStatus: number): string {
  return record(END_REQUEST, id, String.fromCharCode(0, 0, 0, appStatus, protocolStatus, 0, 0, 0));
}

/** FCGI_UNKNOWN_TYPE, for a management record of a type that is not known here. */
export function unknownType(type: number): string {
  return record(UNKNOWN_TYPE, 0, String.fromCharCode(type, 0, 0, 0, 0, 0, 0, 0));
}
