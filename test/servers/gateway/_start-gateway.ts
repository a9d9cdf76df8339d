import net, { type AddressInfo, type ListenOptions, type NetConnectOpts } from 'node:net';
import { onTestFinished } from 'vitest';
import type {
  GatewayProtocolName,
  GatewayServerOptions,
} from '../../../src/servers/gateway/gateway-options.ts';
import { createGatewayServer, type GatewayServer } from '../../../src/servers/gateway/gateway-server.ts';
import type { ClientErrorRecord } from '../../../src/servers/http/request/refusal.ts';
import type { ResponseRecord } from '../../../src/servers/response-record.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';

export interface StartedGateway {
  readonly server: GatewayServer;
  /** 0 on a unix socket. */
  readonly port: number;
  /** Where a web server connects. */
  readonly target: NetConnectOpts;
  readonly records: readonly ResponseRecord[];
  readonly clientErrors: readonly ClientErrorRecord[];
  /** What was written to `wsgi.errors`. */
  readonly log: readonly string[];
}

/** A gateway server on a free port, which is closed when the test is over. */
export async function startGateway(
  protocol: GatewayProtocolName,
  application: WSGIApplication,
  options: Partial<GatewayServerOptions> = {},
  target: ListenOptions = { host: '127.0.0.1', port: 0 },
): Promise<StartedGateway> {
  const records: ResponseRecord[] = [];
  const clientErrors: ClientErrorRecord[] = [];
  const log: string[] = [];
  const server = createGatewayServer(application, {
    protocol,
    errors: {
      write: (text) => void log.push(text),
      writelines: (lines) => void log.push(...lines),
      flush() {},
    },
    onResponse: (record) => records.push(record),
    onClientError: (record) => clientErrors.push(record),
    ...options,
  });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const address = await server.listen(target);
  const port = (address as AddressInfo).port ?? 0;
  const connectTo = typeof address === 'string' ? { path: address } : { port };
  return { server, port, target: connectTo, records, clientErrors, log };
}

/** Sends pieces, one after the other, and gives all that came until the server closed. */
export async function exchangeBytes(
  target: net.NetConnectOpts,
  pieces: readonly (Buffer | string)[],
): Promise<string> {
  const socket = net.connect(target).setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.setEncoding('latin1');
  for await (const block of socket) text += block;
  return text;
}
