type ResponseClass = typeof globalThis.Response;

// Registered, since a site may have a copy of this package of its own, which then finds ours in the global one's place.
const ORIGINAL = Symbol.for('startproject.original-response');

interface GlobalThis {
  [ORIGINAL]?: PropertyDescriptor;
}

let native: ResponseClass | undefined;

/** The runtime's class, also while another has its place. */
export function nativeResponse(): ResponseClass {
  native ??= readOriginal();
  return native;
}

/** @param replacement A class to have the global one's place, undefined for the runtime's own. */
export function replaceGlobalResponse(replacement: object | undefined): void {
  const original = originalOf();
  (globalThis as GlobalThis)[ORIGINAL] = original;
  const value = replacement ?? nativeResponse();
  const { enumerable = false } = original;
  Object.defineProperty(globalThis, 'Response', { value, writable: true, enumerable, configurable: true });
}

function originalOf(): PropertyDescriptor {
  const before = (globalThis as GlobalThis)[ORIGINAL];
  // Some runtimes inherit it.
  return before ?? Object.getOwnPropertyDescriptor(globalThis, 'Response') ?? { value: globalThis.Response };
}

/** Not as this module loads, since the first look at the class takes Node 15 ms. */
function readOriginal(): ResponseClass {
  const { get, value } = originalOf();
  if (get === undefined) return value;
  const current = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  const found = get.call(globalThis);
  // Node's getter puts what it has loaded in its own place, whatever is there by now.
  if (current !== undefined && !current.get) Object.defineProperty(globalThis, 'Response', current);
  return found;
}
