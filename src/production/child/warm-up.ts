import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { ImproperlyConfigured } from '../../errors.ts';
import type { Server } from '../../servers/server.ts';

/** With this status or a higher one, the warm-up has failed. */
const FIRST_ERROR_STATUS = 400;

/**
 * Sends a GET request for each path to a server that does not listen, over a connection within this process.
 *
 * @param allowedHosts The first entry that is a host name becomes the host of the request.
 * @param onAsked Receives each path when its request is sent.
 * @throws {ImproperlyConfigured} for a response of 400 or above.
 */
export async function warmUp(
  server: Server,
  paths: readonly string[],
  allowedHosts: readonly string[],
  onAsked: (path: string) => void,
): Promise<void> {
  if (paths.length === 0) return;
  const named = allowedHosts.find((host) => host !== '*');
  const host = named?.replace(/^\./, '') ?? 'localhost';
  const listener = net.createServer({ pauseOnConnect: true }, (socket: Socket) => server.accept(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const { port } = listener.address() as AddressInfo;
    for (const path of paths) {
      onAsked(path);
      await ask(port, path, host);
    }
  } finally {
    listener.close();
  }
}

async function ask(port: number, path: string, host: string): Promise<void> {
  const request = http.get({ host: '127.0.0.1', port, path, headers: { host }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  const { statusCode = 0 } = response;
  if (statusCode < FIRST_ERROR_STATUS) return;
  throw new ImproperlyConfigured(
    `The warm-up request GET ${path} was answered with ${statusCode}. Expected a status below ${FIRST_ERROR_STATUS}.`,
    { hint: `The request had the host '${host}'. Correct --warmup, or the site.` },
  );
}
