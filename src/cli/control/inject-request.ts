import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { CommandError, UsageError } from '../../errors.ts';
import { quote } from '../../text/quote.ts';
import { printableLine } from '../../wsgi/printable.ts';

/** The request to the site. */
interface InjectedRequest {
  readonly method: string;
  readonly path: string;
  /** The headers as written on the command line: `Accept: text/plain`. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | undefined;
}

interface PreparedRequest {
  readonly options: RequestOptions;
  readonly body: Uint8Array | undefined;
}

/** Node's error codes for a method, a path and a header field that cannot be sent. */
const UNSENDABLE = new Set(['ERR_INVALID_HTTP_TOKEN', 'ERR_UNESCAPED_CHARACTERS', 'ERR_INVALID_CHAR']);
const DEFAULT_HOST = 'localhost';
/** The Content-Type that curl sends with `-d`. */
const DEFAULT_TYPE = 'application/x-www-form-urlencoded';

/** Converts the request to options of Node. @throws {UsageError} if a header field is malformed. */
export function prepareRequest({ method, path, headers, body }: InjectedRequest): PreparedRequest {
  const fields: Record<string, string | string[]> = { host: DEFAULT_HOST };
  for (const header of headers) {
    const match = /^([^\s:]+):\s*(.*?)\s*$/s.exec(header);
    if (match === null) throw new UsageError(`Expected -H 'Name: value', found ${quote(header)}.`);
    const name = match[1]!.toLowerCase();
    const earlier = name === 'host' ? [] : (fields[name] ?? []);
    fields[name] = [...earlier, match[2]!];
  }
  return {
    options: {
      method,
      path: path.replace(/[^\0-\x7f]+/g, encodeURIComponent),
      headers: {
        connection: 'close',
        ...(body && { 'content-type': DEFAULT_TYPE, 'content-length': `${body.length}` }),
        ...fields,
      },
    },
    body,
  };
}

/**
 * Sends a request on a connection that the server has passed to one of its workers.
 *
 * @throws {UsageError} if it cannot be sent, and {CommandError} if there is no answer.
 */
export async function injectRequest(
  socket: Socket,
  { options, body }: PreparedRequest,
): Promise<IncomingMessage> {
  try {
    const request = httpRequest({ ...options, createConnection: () => socket });
    request.once('socket', () => socket.resume()).end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (UNSENDABLE.has(code)) throw new UsageError(`This request cannot be sent: ${message}.`, { cause });
    throw new CommandError('The worker ended the connection before it had answered.', { cause });
  }
}

/** The status line and, for `withHeaders`, the header fields, as curl prints them. */
export function headOf(response: IncomingMessage, withHeaders: boolean): string {
  const line = `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`;
  const fields = withHeaders ? [...pairs(response.rawHeaders), ''] : [];
  return `${[line, ...fields].map(printableLine).join('\n')}\n`;
}

/** Writes the body as fast as the output is read. @throws {CommandError} if the body ends too early. */
export async function writeBody(response: IncomingMessage, output: NodeJS.WritableStream): Promise<void> {
  try {
    await pipeline(response, output, { end: false });
  } catch (cause) {
    throw new CommandError('The worker ended the connection within the response.', { cause });
  }
}

function* pairs(raw: readonly string[]): Generator<string> {
  for (let index = 0; index < raw.length; index += 2) yield `${raw[index]}: ${raw[index + 1]}`;
}
