type ResponseClass = typeof globalThis.Response;

// Some runtimes inherit it.
const original: PropertyDescriptor = Object.getOwnPropertyDescriptor(globalThis, 'Response') ?? {
  value: globalThis.Response,
  enumerable: false,
};
let native: ResponseClass | undefined;

/** The runtime's class, also while another has its place. */
export function nativeResponse(): ResponseClass {
  native ??= readOriginal();
  return native;
}

/** @param replacement A class to have the global one's place, undefined for the runtime's own. */
export function replaceGlobalResponse(replacement: object | undefined): void {
  const value = replacement ?? nativeResponse();
  const { enumerable = false } = original;
  Object.defineProperty(globalThis, 'Response', { value, writable: true, enumerable, configurable: true });
}

/** Not as this module loads, since the first look at the class takes Node 15 ms. */
function readOriginal(): ResponseClass {
  if (original.get === undefined) return original.value;
  const current = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  const found = original.get.call(globalThis);
  // Node's getter puts what it has loaded in its own place, whatever is there by now.
  if (current !== undefined && !current.get) Object.defineProperty(globalThis, 'Response', current);
  return found;
}
