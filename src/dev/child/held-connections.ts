import type { Socket } from 'node:net';
import { plainAddress } from '../../servers/http/connection/connection-ends.ts';
import { encodePath } from '../../web/path-encoding.ts';
import { acceptsHtml } from '../../web/request/accepts-html.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import type { AskedRequest, ToArbiter } from '../messages.ts';
import { isFromHere } from './offer-editor.ts';

/**
 * The connections of which the arbiter holds a copy. If this process ends before a response begins, the arbiter answers
 * by the copy. Both sides number the connections in the same order, and messages contain this number.
 */
export class HeldConnections {
  readonly #send: (message: ToArbiter) => void;
  #received = 0;
  /** The numbers, by the client's address and port, which are in the environ. */
  readonly #held = new Map<string, number>();

  constructor(send: (message: ToArbiter) => void) {
    this.#send = send;
  }

  /** Called when a connection has arrived. Undefined if its client has disconnected already. */
  add(socket: Socket | undefined): void {
    this.#received += 1;
    const id = this.#received;
    this.#send({ type: 'taken' });
    const client = clientKey(plainAddress(socket?.remoteAddress), socket?.remotePort);
    if (socket === undefined || client === undefined) {
      this.#send({ type: 'released', id });
      return;
    }
    this.#held.set(client, id);
    socket.once('close', () => this.#release(client, id));
  }

  /**
   * Tells the arbiter which request of a connection is being answered.
   *
   * @param maySeeFacts Whether a request may see details of the site.
   */
  watch(application: WSGIApplication, maySeeFacts: (environ: Environ) => boolean): WSGIApplication {
    return (environ, startResponse) => {
      const client = clientKey(environ.REMOTE_ADDR, environ.REMOTE_PORT);
      const id = client === undefined ? undefined : this.#held.get(client);
      if (client === undefined || id === undefined) return application(environ, startResponse);
      this.#send({ type: 'asked', id, request: askedRequest(environ, maySeeFacts(environ)) });
      return application(environ, (status, headers, excInfo) => {
        this.#release(client, id);
        return startResponse(status, headers, excInfo);
      });
    };
  }

  #release(client: string, id: number): void {
    if (this.#held.get(client) !== id) return;
    this.#held.delete(client);
    this.#send({ type: 'released', id });
  }
}

/** The details of a request that its error page needs. */
export function askedRequest(environ: Environ, maySeeFacts: boolean): AskedRequest {
  return {
    method: environ.REQUEST_METHOD,
    target: targetOf(environ),
    httpVersion: environ.SERVER_PROTOCOL.slice('HTTP/'.length),
    isHtml: acceptsHtml(environ.HTTP_ACCEPT),
    maySeeFacts,
    mayOpenEditor: isFromHere(environ),
  };
}

function targetOf({ SCRIPT_NAME: mount, PATH_INFO: path, QUERY_STRING: query }: Environ): string {
  return `${encodePath(mount + path)}${query ? `?${query}` : ''}`;
}

function clientKey(address: string | undefined, port: number | string | undefined): string | undefined {
  return address === undefined || port === undefined ? undefined : `${address} ${port}`;
}
