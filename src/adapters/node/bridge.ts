import { canHoldResponses } from '../../node-internals/held-response.ts';
import type { WSGIResponse } from '../../wsgi/types.ts';
import { BridgedResponse } from './bridged-response.ts';
import type { NodeCall } from './handler.ts';
import { respondOverStreams } from './respond-over-streams.ts';

/** Calls a handler with a request and a response that are made from the environ. */
export function bridge(call: NodeCall): WSGIResponse | Promise<WSGIResponse> {
  return canHoldResponses() ? new BridgedResponse(call).run() : respondOverStreams(call);
}
