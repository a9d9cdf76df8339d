import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Probe } from './probe.ts';

/** Members of a request that are not in its types. They are the same in Node 20 to 26; HTTP/2's request has no `_dumped`. */
interface NodeRequest {
  _dumped?: boolean;
  readonly _readableState: Record<'ended' | 'endEmitted' | 'destroyed' | 'closed' | 'closeEmitted', boolean>;
}

const probe = new Probe(() => {
  const request = new IncomingMessage(new Socket());
  if ((request as unknown as NodeRequest)._dumped !== false) return false;
  markEnded(request);
  return request.readableEnded && request.destroyed && request.closed;
});

/**
 * Ends a request without a body at once, unless it has listeners for its end. Otherwise Node would read the request to
 * its end by stream events after the response has begun. The option `optimizeEmptyRequests` of Node 24 also avoids
 * that, but also for requests that have listeners.
 */
export function endRequest(request: IncomingMessage): void {
  const { _dumped: isDumped } = request as unknown as NodeRequest;
  if (!probe.isPassed || isDumped !== false || request.readableFlowing !== null) return;
  if (request.listenerCount('end') > 0 || request.listenerCount('close') > 0) return;
  markEnded(request);
}

function markEnded(request: IncomingMessage): void {
  const node = request as unknown as NodeRequest;
  node._dumped = true;
  const state = node._readableState;
  state.ended = true;
  state.endEmitted = true;
  state.destroyed = true;
  state.closed = true;
  state.closeEmitted = true;
}
