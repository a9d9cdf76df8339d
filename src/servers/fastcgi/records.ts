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
/**
 * The limit for the content of a record. Longer content is sent in several records. The limit is a multiple of eight,
 * so that no padding is needed.
 */
export const MOST_CONTENT = 65_528;

const PADDING = '\0'.repeat(8);

/** The role of WSGI applications. */
export const RESPONDER = 1;
/** A flag of FCGI_BEGIN_REQUEST: the web server closes the connection, and the application keeps it open. */
export const KEEP_CONN = 1;

/** The protocol status of FCGI_END_REQUEST. */
export const REQUEST_COMPLETE = 0;
export const OVERLOADED = 2;
export const UNKNOWN_ROLE = 3;

/** The header of a record. Each character is a byte. */
export function recordHead(type: number, id: number, length: number, padding = 0): string {
  return String.fromCharCode(VERSION, type, id >> 8, id & 0xff, length >> 8, length & 0xff, padding, 0);
}

/** A record with little content. Each character is a byte. */
export function record(type: number, id: number, content: string): string {
  return recordHead(type, id, content.length) + content;
}

/**
 * An FCGI_STDERR record with a text. Each character is a byte. Padding is added, since HAProxy 2.6.12 of Debian 12
 * crashes if the text is the last data that it has read so far: it moves the text by b_xfer(), which then swaps the
 * buffers, and frees a buffer that does not belong to its pool.
 * https://github.com/haproxy/haproxy/blob/v2.6.0/src/mux_fcgi.c, fcgi_strm_handle_stderr().
 */
export function stderrRecord(id: number, text: string): string {
  return `${recordHead(STDERR, id, text.length, PADDING.length)}${text}${PADDING}`;
}

/**
 * FCGI_END_REQUEST: the response is complete, and the request's id can be used again. @param appStatus as the exit
 * status of a CGI program
 */
export function endRequest(id: number, appStatus: number, protocolStatus: number): string {
  return record(END_REQUEST, id, String.fromCharCode(0, 0, 0, appStatus, protocolStatus, 0, 0, 0));
}

/** FCGI_UNKNOWN_TYPE, the answer to a management record of an unknown type. */
export function unknownType(type: number): string {
  return record(UNKNOWN_TYPE, 0, String.fromCharCode(type, 0, 0, 0, 0, 0, 0, 0));
}
