import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { Probe } from './probe.ts';

/** Where Node keeps the head of a response until it is sent with the first block: null as long as there is none. */
interface HeadHolder {
  _header?: string | null;
}

/** A caller that observes heads puts a function of its own in its place. */
const { writeHead } = ServerResponse.prototype;

/** Undocumented: `_header`, which Node 20 to 26 send as it is. */
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

/** Whether a response may be given its head as text: it has none, and no caller observes heads. */
export function canGiveHead(response: ServerResponse): boolean {
  return probe.isPassed && (response as HeadHolder)._header === null && response.writeHead === writeHead;
}

/** Gives a response its head. Where that cannot be done, `writeHead()` makes it. */
export function giveHead(response: ServerResponse, status: number, reason: string, head: string): void {
  response.statusCode = status;
  response.statusMessage = reason;
  (response as HeadHolder)._header = head;
}
