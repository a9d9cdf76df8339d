import type { Socket } from 'node:net';
import type { AcceptedHandle } from '../../node-internals/sockets/accepted-handle.ts';
import type { GatewayConnection, GatewayHost } from './gateway-connection.ts';

/** How the bytes of a server's connections are read. */
export interface GatewayProtocol {
  open(socket: Socket): GatewayConnection;
  /** Of protocols with one request for each connection, which may be answered without a socket. */
  openHandle?(handle: AcceptedHandle): GatewayConnection;
}

export type CreateGatewayProtocol = (host: GatewayHost) => GatewayProtocol;
