import type { GatewayProtocol } from '../gateway/gateway-protocol.ts';
import { cgiResponseHead } from '../gateway/response-head.ts';
import { type HeadCodec, SingleRequestConnection } from '../gateway/single-request-connection.ts';
import { parseScgiHead, scgiHeadSize } from './scgi-head.ts';

const CODEC: HeadCodec = { sizeOf: scgiHeadSize, parse: parseScgiHead, responseHead: cgiResponseHead };

/** Reads requests by SCGI. */
export const scgi: GatewayProtocol = (socket, host) => new SingleRequestConnection(socket, host, CODEC);
