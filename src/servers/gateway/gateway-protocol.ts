import type { Socket } from 'node:net';
import type { AcceptedHandle } from '../../node-internals/sockets/accepted-handle.ts';
import type { GatewayConnection, GatewayHost } from './gateway-connection.ts';

/** Opens the connections of a server for one protocol. */
export interface GatewayProtocol {
  open(socket: Socket): GatewayConnection;
  /** For protocols with one request per connection, which can be answered without creating a socket. */
  openHandle?(handle: AcceptedHandle): GatewayConnection;
}

export type CreateGatewayProtocol = (host: GatewayHost) => GatewayProtocol;
