import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { Probe } from './probe.ts';

/**
 * The property in which Node keeps the head of a response until it is sent with the first block; null before there is a
 * head.
 */
interface HeadHolder {
  _header?: string | null;
}

/** Kept for comparison: code that observes heads replaces this function. */
const { writeHead } = ServerResponse.prototype;

/** Undocumented: Node 20 to 26 send `_header` unchanged. */
const probe = new Probe(() => {
  let sent = '';
  const socket = new Duplex({
    read() {},
    write(block, _encoding, done) {
      sent += block;
      done();
    },
  });
  const version = { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 };
  const response = new ServerResponse(Object.assign(new IncomingMessage(socket as never), version));
  response.assignSocket(socket as never);
  const isFree = (response as HeadHolder)._header === null;
  (response as HeadHolder)._header = 'head\r\n\r\n';
  response.end('body');
  return isFree && response.headersSent && sent === 'head\r\n\r\nbody';
});

/** Whether a response can get its head as text: it has no head yet, and `writeHead()` is not replaced. */
export function canGiveHead(response: ServerResponse): boolean {
  return probe.isPassed && (response as HeadHolder)._header === null && response.writeHead === writeHead;
}

/** Sets the head of a response. If that is impossible, `writeHead()` makes it. */
export function giveHead(response: ServerResponse, status: number, reason: string, head: string): void {
  response.statusCode = status;
  response.statusMessage = reason;
  (response as HeadHolder)._header = head;
}
