import type { Pair } from './pairs/pair-reader.ts';

/** The variables of a request as received. Each character of a name and a value is a byte (latin-1). */
export type GatewayVariables = readonly Pair[];
