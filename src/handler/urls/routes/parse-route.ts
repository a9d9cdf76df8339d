import { ImproperlyConfigured } from '../../../errors.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { converterNames, findConverter } from './converters.ts';
import type { Route, RouteParameter, RoutePart } from './route.ts';
import { routeMatcher } from './route-matcher.ts';

const PARAMETER = /<(?:([^<>:]*):)?([^<>:]*)>/g;

/** @throws {ImproperlyConfigured} for a route that no path can match, or with another meaning than it seems to have. */
export function parseRoute(text: string): Route {
  if (typeof text !== 'string')
    throw invalid(String(text), 'is not a string', "Write path('articles/', view).");
  if (text.startsWith('/')) {
    const hint = `The slash after the host is not part of a route. Write '${text.slice(1)}'.`;
    throw invalid(text, "must not begin with '/'", hint);
  }
  const parts = [...parseParts(text)];
  const match = routeMatcher(parts);
  if (match !== undefined) return { text, forms: [parts], isReversible: true, regex: undefined, match };
  throw invalid(
    text,
    'has parameters that cannot be distinguished, so matching a path could take minutes',
    'Separate them by a character that none of them can contain, such as a slash.',
  );
}

function* parseParts(text: string): Generator<RoutePart> {
  const names = new Set<string>();
  let end = 0;
  for (const match of text.matchAll(PARAMETER)) {
    yield literal(text, text.slice(end, match.index));
    const [whole, converter = 'str', name] = match;
    end = match.index + whole.length;
    yield parseParameter(text, whole, converter, name!);
    if (names.has(name!))
      throw invalid(text, `has two parameters '${name}'`, 'Give each parameter its own name.');
    names.add(name!);
  }
  yield literal(text, text.slice(end));
}

function literal(route: string, part: string): string {
  if (!/[<>]/.test(part)) return part;
  throw invalid(route, `has an unmatched bracket in '${part}'`, 'Write <name> or <converter:name>.');
}

function parseParameter(route: string, whole: string, converterName: string, name: string): RouteParameter {
  if (/\s/.test(whole)) throw invalid(route, `has white space in ${whole}`, 'Write <converter:name>.');
  // The first expression is much cheaper to compile, and sufficient for nearly all names.
  if (!/^[A-Za-z_]\w*$/.test(name) && !/^[\p{XIDS}_]\p{XIDC}*$/u.test(name)) {
    throw invalid(route, `has a parameter '${name}'`, 'A name is made of letters, digits and underscores.');
  }
  if (name === '__proto__')
    throw invalid(
      route,
      "has a parameter '__proto__'",
      'It names the prototype of an object. Use another name.',
    );
  const converter = findConverter(converterName);
  if (converter) return { name, converter };
  const known = converterNames();
  const hint =
    didYouMean(converterName, known) ?? `There are ${known.join(', ')}; add yours by registerConverter().`;
  throw invalid(route, `has an unknown converter '${converterName}'`, hint);
}

function invalid(route: string, problem: string, hint: string): ImproperlyConfigured {
  return new ImproperlyConfigured(`The route '${route}' ${problem}.`, { hint });
}
