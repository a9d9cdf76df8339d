import { mayUseInternals } from './probe.ts';

/**
 * Up to Node 24, `new Response(iterable)` makes a stream that can end the process: if it is cancelled while a block is
 * pending, and the iterable ends after that, the stream is closed a second time, in a microtask whose error cannot be
 * caught (undici, `extractBody()`). This file makes the controller ignore the second close.
 *
 * Undocumented: a Node stream stores its controller under a symbol with this description. If it does not, a stream must
 * be cancelled between two reads.
 */
const STATE = 'kState';
const FIRST_WITHOUT_FAULT = 26;

interface Controller {
  close(): void;
}

/** Whether a stream may be cancelled while a read is pending. Changes the stream so, if that is possible. */
export function canBeCancelledPending(stream: ReadableStream<unknown>): boolean {
  if (!hasFault()) return true;
  const controller = controllerOf(stream);
  if (controller === undefined) return false;
  const { close } = controller;
  controller.close = () => {
    try {
      close.call(controller);
    } catch {
      // The stream is already closed, since it was cancelled.
    }
  };
  return true;
}

function hasFault(): boolean {
  const { node, bun, deno } = globalThis.process?.versions ?? {};
  if (node === undefined || bun !== undefined || deno !== undefined) return false;
  return Number.parseInt(node, 10) < FIRST_WITHOUT_FAULT;
}

function controllerOf(stream: ReadableStream<unknown>): Controller | undefined {
  if (!mayUseInternals()) return undefined;
  const key = Object.getOwnPropertySymbols(stream).find(({ description }) => description === STATE);
  if (key === undefined) return undefined;
  const { controller } = (stream as unknown as Record<symbol, { controller?: Controller }>)[key]!;
  return typeof controller?.close === 'function' ? controller : undefined;
}
