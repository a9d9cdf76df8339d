export { type FromNodeHandlerOptions, fromNodeHandler, type NodeHandler } from './from-node-handler.ts';
export { type ToNodeHandlerOptions, toNodeHandler } from './to-node-handler.ts';
