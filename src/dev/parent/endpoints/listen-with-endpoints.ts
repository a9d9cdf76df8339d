import { FirstBytesListener, type ReadyConnection } from '../first-bytes-listener.ts';
import type { Endpoint } from './endpoint.ts';

/** Creates a listener that gives each connection to its endpoint. Connections without an endpoint go to the site. */
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
