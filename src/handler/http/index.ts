import { LightResponse } from '../../web/response/light-response.ts';

export { type RedirectOptions, redirect } from './redirect.ts';

/**
 * Node's class also accepts the blocks of an asynchronous generator or of a Node stream. The DOM types do not include
 * that.
 */
interface TakesBlocks {
  new (body: AsyncIterable<Uint8Array>, init?: ResponseInit): globalThis.Response;
}

type ResponseInit = ConstructorParameters<typeof globalThis.Response>[1];

/**
 * A faster `Response` for views, with all members of the global class. It keeps its body unchanged; the global class
 * converts it to a stream, which takes most of the time of a small page. An instance is also an instance of the global
 * class, and a view may return either.
 *
 * @example
 * import { Response } from 'startproject/http';
 *
 * export const home = () => new Response('Hello');
 */
export const Response = LightResponse as unknown as typeof globalThis.Response & TakesBlocks;

/** An instance of either class. */
export type Response = globalThis.Response;
