import { LightResponse } from '../../web/response/light-response.ts';

export { type RedirectOptions, redirect } from './redirect.ts';

/** Node's class also takes the blocks of an asynchronous generator or of a Node stream. The DOM types lack that. */
interface TakesBlocks {
  new (body: AsyncIterable<Uint8Array>, init?: ResponseInit): globalThis.Response;
}

type ResponseInit = ConstructorParameters<typeof globalThis.Response>[1];

/**
 * A `Response` that is cheaper to make and to send: the global class, name for name, for a view to import. Its body is
 * kept as it is, where the global class makes a stream of it, which takes most of the time that a small page takes.
 * What it makes is an instance of the global class too, and either may be returned anywhere.
 *
 * @example
 * import { Response } from 'startproject/http';
 *
 * export const home = () => new Response('Hello');
 */
export const Response = LightResponse as unknown as typeof globalThis.Response & TakesBlocks;

/** An instance of either class. */
export type Response = globalThis.Response;
