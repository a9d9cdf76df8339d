import { linearMatcher } from './linear-matcher.ts';
import type { FindTexts, Match, RouteParameter, RoutePart } from './route.ts';
import { overlaps } from './route-ambiguity.ts';

/** The limit of overlaps. With more, a path of a few thousand characters takes seconds if each separation is tried. */
const MOST_OVERLAPS = 1;

/** Returns a matcher for the parts of a route in linear time; undefined if there is none for this route. */
export function routeMatcher(parts: readonly RoutePart[]): Match | undefined {
  const parameters = parts.filter((part) => typeof part !== 'string');
  if (parameters.length === 0) return literalMatcher(parts.join(''));
  const count = overlaps(parts);
  const linear = count === 0 ? undefined : linearMatcher(parts);
  if (linear === undefined && count > MOST_OVERLAPS) return undefined;
  return valueMatcher(linear ?? expressionMatcher(parts, parameters), parameters);
}

function literalMatcher(text: string): Match {
  return (path, extent) => {
    if (extent === 'whole') return path === text ? { rest: '', params: {} } : undefined;
    return path.startsWith(text) ? { rest: path.slice(text.length), params: {} } : undefined;
  };
}

function valueMatcher(find: FindTexts, parameters: readonly RouteParameter[]): Match {
  return (path, extent) => {
    const found = find(path, extent);
    if (found === undefined) return undefined;
    const params: Record<string, unknown> = {};
    for (let i = 0; i < parameters.length; i++) {
      const { name, converter } = parameters[i]!;
      const value = converter.toValue(found.texts[i]!);
      if (value === undefined) return undefined;
      params[name] = value;
    }
    return { rest: path.slice(found.end), params };
  };
}

/**
 * Matches with an expression that has a group for each parameter. The groups have no names, since named groups make an
 * object for each match, which takes longer than the match.
 */
function expressionMatcher(parts: readonly RoutePart[], parameters: readonly RouteParameter[]): FindTexts {
  const source = parts
    .map((part) => (typeof part === 'string' ? escapeRegExp(part) : `(${part.converter.regex.source})`))
    .join('');
  const flags = parameters.some(({ converter }) => converter.regex.unicode) ? 'u' : '';
  const start = new RegExp(`^(?:${source})`, flags);
  const whole = new RegExp(`^(?:${source})$`, flags);
  const groups = groupsOf(parameters);
  return (path, extent) => {
    const match = (extent === 'whole' ? whole : start).exec(path);
    return match === null ? undefined : { texts: groups.map((group) => match[group]!), end: match[0].length };
  };
}

/** The group number of each parameter. A converter's expression may contain groups itself. */
function groupsOf(parameters: readonly RouteParameter[]): readonly number[] {
  let next = 1;
  return parameters.map(({ converter: { regex } }) => {
    const group = next;
    next += new RegExp(`${regex.source}|`, regex.flags).exec('')!.length;
    return group;
  });
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
