type ResponseClass = typeof globalThis.Response;

// Registered, since a site may have put the class of another copy of this package in the global one's place.
const NATIVE = Symbol.for('startproject.native-response');

/** Set while this is loaded (by the boot of a worker) where `keepNativeResponse()` will be called in time. */
const IS_KEPT_LATER = Symbol.for('startproject.native-response-later');

/** As it is before any code of a site runs that could replace it. */
let original: PropertyDescriptor | undefined;
let isKept = false;
let native: ResponseClass | undefined;

if (!(globalThis as { [IS_KEPT_LATER]?: boolean })[IS_KEPT_LATER]) keepNativeResponse();

/**
 * Remembers the current global `Response`. From Node 22 on, reading its descriptor loads the class (`bench/first-use.js`).
 */
export function keepNativeResponse(): void {
  if (isKept) return;
  isKept = true;
  original = Object.getOwnPropertyDescriptor(globalThis, 'Response');
}

/** The runtime's class, also where a site has put another in its place: ours, for one. */
export function nativeResponse(): ResponseClass {
  keepNativeResponse();
  native ??= readNative();
  return native;
}

/** Lets other copies of this package find the class that our objects delegate to. */
export function markDelegating(ours: object): void {
  Object.defineProperty(ours, NATIVE, { get: nativeResponse });
}

function readNative(): ResponseClass {
  const found = readOriginal();
  return (found as { [NATIVE]?: ResponseClass })[NATIVE] ?? found;
}

function readOriginal(): ResponseClass {
  // Some runtimes inherit it.
  if (original === undefined) return globalThis.Response;
  const { get, value } = original;
  if (get === undefined) return value;
  const current = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  const found = get.call(globalThis);
  // Node's getter puts what it has loaded in its own place, whatever is there by now.
  if (current !== undefined && !current.get) Object.defineProperty(globalThis, 'Response', current);
  return found;
}
