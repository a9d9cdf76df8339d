import { Probe } from './probe.ts';

/**
 * Whether `Request` keeps its state in properties, so that an object without state of its own can replace one.
 *
 * Undocumented: Node 20 and 22 do; later versions use private members.
 */
export const hasOpenRequestState = new Probe(
  () => Object.getOwnPropertySymbols(new Request('http://localhost/')).length > 0,
);
