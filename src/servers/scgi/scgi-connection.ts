import type { CreateGatewayProtocol } from '../gateway/gateway-protocol.ts';
import { cgiResponseHead } from '../gateway/response-head.ts';
import { singleRequests } from '../gateway/single-request-connection.ts';
import { ScgiHeadReader, scgiHeadSize } from './scgi-head.ts';

/** The SCGI protocol. */
export const scgi: CreateGatewayProtocol = (host) => {
  const reader = new ScgiHeadReader();
  return singleRequests(host, {
    sizeOf: scgiHeadSize,
    parse: (head) => reader.read(head),
    responseHead: cgiResponseHead,
  });
};
