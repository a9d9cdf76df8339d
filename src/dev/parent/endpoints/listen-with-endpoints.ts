import { FirstBytesListener, type ReadyConnection } from '../first-bytes-listener.ts';
import type { Endpoint } from './endpoint.ts';

/** A listener that gives each connection to the endpoint that claims it, and every other one to the site. */
export function listenWithEndpoints(
  endpoints: readonly Endpoint[],
  onSiteConnection: (connection: ReadyConnection) => void,
): FirstBytesListener {
  return new FirstBytesListener(
    (connection) => {
      const endpoint = endpoints.find((one) => one.claims(connection.head));
      if (endpoint === undefined) onSiteConnection(connection);
      else endpoint.accept(connection);
    },
    (head) => endpoints.some((endpoint) => endpoint.mayClaim(head)),
  );
}
