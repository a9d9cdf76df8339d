import type { GatewayProtocol } from '../gateway/gateway-protocol.ts';
import type { GatewayVariables } from '../gateway/gateway-variables.ts';
import { httpResponseHead } from '../gateway/response-head.ts';
import { type HeadCodec, SingleRequestConnection } from '../gateway/single-request-connection.ts';
import { PONG, parseUwsgiVariables, readUwsgiHeader } from './uwsgi-packet.ts';

const CODEC: HeadCodec = {
  sizeOf: (bytes, limit) => readUwsgiHeader(bytes, limit)?.size,
  parse: readPacket,
  responseHead: httpResponseHead,
};

/** Reads requests by the uwsgi protocol. */
export const uwsgi: GatewayProtocol = (socket, host) => new SingleRequestConnection(socket, host, CODEC);

function readPacket(packet: Buffer): GatewayVariables | Uint8Array {
  const { kind } = readUwsgiHeader(packet, Number.POSITIVE_INFINITY)!;
  return kind === 'ping' ? PONG : parseUwsgiVariables(packet);
}
