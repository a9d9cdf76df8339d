import { type CapturedStack, type Place, placesOf, showPlace } from './place.ts';
import { withDeclaration } from './reporter.ts';
import type { WatchedCall } from './watched-call.ts';

/**
 * Matches frames of this package between a server and its application. The frames outside of them do not belong to the
 * application.
 */
const BOUNDARY = /(?:(?:call|await)Application|\bnext)$/;

const ADVICE =
  'What waits for the end of the response, as requestFinished does, is never notified, and connections to databases and ' +
  'caches stay open. wrapResponse() of startproject/middleware forwards close().';

/**
 * The middleware that may have failed to forward `close()`, the most likely first. A single middleware between two watched
 * applications is certain. The responses between several middleware are not watched, so the stacks of calls and reads decide.
 */
export function suspectsOf(call: WatchedCall): readonly Place[] {
  const layers = declarations(call.calledAt);
  const readers = declarations(call.isReadEarly ? beforeAwaiting(call.readAt) : call.readAt);
  const [closer] = declarations(call.closeReadAt);
  const forwarding = closer ? layersOf(closer, layers) : [];
  const handling = readers.map((reader) => layersOf(reader, layers));
  // A middleware that does not read the response passes it on unchanged. With an unknown reader, each one is a candidate.
  const isKnown = handling.length > 0 && handling.every((owners) => owners.length > 0);
  const suspects = isKnown ? layers.filter((layer) => isAmong(handling.flat(), layer)) : layers;
  const outermost = suspects.at(-1);

  function doubt(layer: Place): number {
    if (!isAmong(suspects, layer)) return 3;
    // A middleware that reads `close` is assumed to call it.
    if (forwarding.length === 1 && isSame(forwarding[0]!, layer)) return 2;
    // A middleware whose response has a `close()` is less likely to have forgotten it.
    if (outermost && isSame(outermost, layer)) return call.parent?.hasClose ? 1 : -1;
    return 0;
  }
  return unique(layers).toSorted((a, b) => doubt(a) - doubt(b));
}

export function describeSuspects([first, ...others]: readonly Place[]): string {
  if (first === undefined) return `Nothing forwarded close() to an inner response. ${ADVICE}`;
  if (others.length === 0) return `This middleware does not forward close(). ${ADVICE}`;
  const otherwise = others.map((place) => showPlace(place)).join(' or ');
  return (
    `This middleware probably does not forward close(). If it does, the fault is in ${otherwise}. ` +
    `Apply them by compose(), which distinguishes them. ${ADVICE}`
  );
}

/** The functions of a stack, the innermost first, each with its top-level declaration, which is the middleware. */
function declarations(stack: CapturedStack | undefined): Place[] {
  return stack ? placesOf(stack, BOUNDARY).map(withDeclaration) : [];
}

/** The middleware that a function belongs to, by its declaration. A helper belongs to all middleware of its file. */
function layersOf(place: Place, layers: readonly Place[]): Place[] {
  const exact = unique(layers).filter((layer) => isSame(layer, place));
  return exact.length > 0 ? exact : unique(layers).filter((layer) => layer.file === place.file);
}

/** Omits the frames that only await the inner application during a read. */
function beforeAwaiting(stack: CapturedStack | undefined): CapturedStack | undefined {
  return stack && { stack: stack.stack.split(/^\s*at async /m)[0]! };
}

function unique(places: readonly Place[]): Place[] {
  return places.filter((place, index) => !isAmong(places.slice(0, index), place));
}

function isAmong(places: readonly Place[], wanted: Place): boolean {
  return places.some((place) => isSame(place, wanted));
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.declaration === b.declaration;
}
