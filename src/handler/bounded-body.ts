import { readAsSent } from '../web/request/client-errors.ts';
import { joinBlocks } from '../wsgi/environ/join-blocks.ts';
import { BoundContext } from './bound-context.ts';
import { RequestDataTooBig } from './errors/exceptions.ts';
import type { RequestContext } from './request-context.ts';

/** The methods that read a whole body into memory. Not every runtime has all of them. */
const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;
type Reader = (typeof READERS)[number];
/** `bytes()` is newer than the types. */
type Readers = Readonly<Partial<Record<Reader, () => Promise<unknown>>>>;

/** The original prototype of a Request, and the one that replaces it. */
const prototypes = new WeakMap<object, object>();
/** Requests whose body may differ from the declared Content-Length. */
const replaced = new WeakSet<Request>();

/**
 * Limits the size that the methods of a Request read into memory to DATA_UPLOAD_MAX_MEMORY_SIZE, and marks a malformed
 * body as the client's fault. The stream has no limit. Replacing the prototype of a Request is cheaper than adding
 * methods to it.
 *
 * @param isReplaced Whether a middleware has made the Request, possibly with another body.
 */
export function boundBody(request: Request, { isReplaced }: { readonly isReplaced: boolean }): void {
  if (isReplaced) replaced.add(request);
  const theirs: object = Object.getPrototypeOf(request);
  let ours = prototypes.get(theirs);
  if (ours === undefined) {
    ours = boundedPrototype(theirs as Request);
    prototypes.set(theirs, ours);
    prototypes.set(ours, ours);
  }
  if (ours !== theirs) Object.setPrototypeOf(request, ours);
}

function boundedPrototype(theirs: Request): object {
  const ours = Object.create(theirs);
  const define = (name: string, value: (this: Request) => unknown) =>
    Object.defineProperty(ours, name, { value, writable: true, configurable: true });
  for (const name of READERS) {
    const read = (theirs as Readers)[name];
    if (read === undefined) continue;
    define(name, function (this: Request) {
      return readWhole(this, name, read);
    });
  }
  define('clone', function (this: Request) {
    const clone = theirs.clone.call(this);
    BoundContext.set(clone, BoundContext.get(this)!);
    boundBody(clone, { isReplaced: replaced.has(this) });
    return clone;
  });
  return ours;
}

async function readWhole(request: Request, name: Reader, read: () => Promise<unknown>): Promise<unknown> {
  // Reading a body twice is an error of the site.
  if (request.bodyUsed || request.body?.locked) return read.call(request);
  const bytes = await boundedBytes(request, BoundContext.get(request)!);
  return readAsSent(() => {
    if (bytes === undefined) return read.call(request);
    const type = request.headers.get('content-type');
    const response = new globalThis.Response(
      bytes,
      type === null ? {} : { headers: { 'content-type': type } },
    );
    return (response as Readers)[name]!();
  });
}

/**
 * The bytes of a body whose length is unknown before it has been read; undefined if its declared length is within the limit.
 *
 * @throws {RequestDataTooBig}
 */
async function boundedBytes(
  request: Request,
  { environ, application: { memoryLimit } }: RequestContext,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (memoryLimit === null || request.body === null) return undefined;
  const { CONTENT_LENGTH: declared } = environ;
  if (declared && !replaced.has(request)) {
    if (Number(declared) > memoryLimit) throw tooBig(memoryLimit);
    return undefined;
  }
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  const blocks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value: block } = await reader.read();
      if (done) break;
      if (!(block instanceof Uint8Array))
        throw new TypeError('The body of a Request is made of Uint8Array blocks.');
      length += block.length;
      if (length > memoryLimit) throw tooBig(memoryLimit);
      blocks.push(block);
    }
  } catch (error) {
    // Not awaited: for a clone, it waits until the stream of the original is cancelled too, which may never happen.
    reader.cancel(error).catch(() => {});
    throw error;
  }
  return joinBlocks(blocks);
}

function tooBig(limit: number): RequestDataTooBig {
  return new RequestDataTooBig(
    `The request's body is larger than the ${limit} bytes of settings.DATA_UPLOAD_MAX_MEMORY_SIZE. ` +
      'Raise that, or read request.body as a stream.',
  );
}
