import type { CreateGatewayProtocol } from '../gateway/gateway-protocol.ts';
import { httpResponseHead } from '../gateway/response-head.ts';
import { singleRequests } from '../gateway/single-request-connection.ts';
import { PONG, readUwsgiHeader, UwsgiPacketReader } from './uwsgi-packet.ts';

/** The uwsgi protocol. */
export const uwsgi: CreateGatewayProtocol = (host) => {
  const reader = new UwsgiPacketReader();
  return singleRequests(host, {
    sizeOf: (bytes, limit) => readUwsgiHeader(bytes, limit)?.size,
    parse: (packet) =>
      readUwsgiHeader(packet, Number.POSITIVE_INFINITY)!.kind === 'ping' ? PONG : reader.read(packet),
    responseHead: httpResponseHead,
  });
};
