import { Probe } from './probe.ts';

/**
 * Whether `Request` keeps its state in properties, so that an object without state of its own can stand for one.
 *
 * Undocumented: so do Node 20 and 22; later ones keep it in private members.
 */
export const hasOpenRequestState = new Probe(
  () => Object.getOwnPropertySymbols(new Request('http://localhost/')).length > 0,
);
