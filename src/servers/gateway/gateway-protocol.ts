import type { Socket } from 'node:net';
import type { GatewayConnection, GatewayHost } from './gateway-connection.ts';

/** How the bytes of a web server's connection are read. */
export type GatewayProtocol = (socket: Socket, host: GatewayHost) => GatewayConnection;
