import type { Socket } from 'node:net';
import { describeParserError, type HttpRefusal, type ParserError } from '../request/refusal.ts';
import { HttpConnection } from './connection.ts';

/**
 * Ends a connection whose bytes are not HTTP, or that has ended too early.
 *
 * @param headTooLarge the message for a head that is larger than the parser accepts
 */
export function parserFailed(error: ParserError, socket: Socket, headTooLarge: HttpRefusal): void {
  const connection = HttpConnection.of(socket);
  if (connection === undefined) {
    socket.destroy();
    return;
  }
  const { unfinished, isEnding, isUnused, remoteAddress } = connection;
  if (isEnding && (unfinished === undefined || unfinished.isRefused)) {
    connection.ignoreInput();
    return;
  }
  const record = describeParserError(error, remoteAddress, headTooLarge);
  if (error.code === 'HPE_INVALID_EOF_STATE') connection.endedEarly();
  else if (record === undefined) socket.destroy();
  // An unused connection has timed out. Browsers open connections before they need them, so this is not an error.
  else if (isUnused) connection.endBehindOpen();
  else if (unfinished === undefined) connection.refuseNext(record);
  else connection.refuseBody(unfinished, record);
}
