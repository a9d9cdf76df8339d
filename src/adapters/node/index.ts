export { type FromNodeHandlerOptions, fromNodeHandler } from './from-node-handler.ts';
export type { NodeHandler } from './handler.ts';
export { type ToNodeHandlerOptions, toNodeHandler } from './to-node-handler.ts';
