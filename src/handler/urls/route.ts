import { ImproperlyConfigured } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { type Converter, converterNames, findConverter } from './converters.ts';

export type Params = Readonly<Record<string, unknown>>;

/** What is left of a path after a route, and the values that the route took from it. */
export interface RouteMatch {
  readonly rest: string;
  readonly params: Params;
}

export interface RouteParameter {
  readonly name: string;
  readonly converter: Converter;
}

/** One piece after the other, literal text or a parameter: what `reverse()` puts together. */
export type RoutePart = string | RouteParameter;

/** The text or expression of one pattern, ready to match. */
export interface Route {
  /** As it was written. */
  readonly text: string;
  /** Undefined for an expression that cannot be turned round. */
  readonly parts: readonly RoutePart[] | undefined;
  /** Matches the whole of a path, or what it begins with. */
  match(path: string, extent: 'whole' | 'start'): RouteMatch | undefined;
}

const PARAMETER = /<(?:([^<>:]*):)?([^<>:]*)>/g;

/** @throws {ImproperlyConfigured} for a route that no path could match, or that means something else than it says. */
export function parseRoute(text: string): Route {
  if (typeof text !== 'string')
    throw invalid(String(text), 'is not a string', "Write path('articles/', view).");
  if (text.startsWith('/')) {
    const hint = `The slash after the host is not part of a route. Write '${text.slice(1)}'.`;
    throw invalid(text, "must not begin with '/'", hint);
  }
  const parts = [...parseParts(text)];
  const parameters = parts.filter((part) => typeof part !== 'string');
  if (parameters.length === 0) return { text, parts, match: literalMatcher(text) };
  const source = parts
    .map((part) => (typeof part === 'string' ? escapeRegExp(part) : capture(part)))
    .join('');
  return { text, parts, match: expressionMatcher(new RegExp(`^(?:${source})`), parameters) };
}

function* parseParts(text: string): Generator<RoutePart> {
  const names = new Set<string>();
  let end = 0;
  for (const match of text.matchAll(PARAMETER)) {
    yield literal(text, text.slice(end, match.index));
    const [whole, converter = 'str', name] = match;
    end = match.index + whole.length;
    yield parseParameter(text, whole, converter, name!);
    if (names.has(name!)) throw invalid(text, `has two parameters '${name}'`, 'Give each a name of its own.');
    names.add(name!);
  }
  yield literal(text, text.slice(end));
}

function literal(route: string, part: string): string {
  if (!/[<>]/.test(part)) return part;
  throw invalid(
    route,
    `has a bracket without its counterpart in '${part}'`,
    'Write <name> or <converter:name>.',
  );
}

function parseParameter(route: string, whole: string, converterName: string, name: string): RouteParameter {
  if (/\s/.test(whole)) throw invalid(route, `has white space in ${whole}`, 'Write <converter:name>.');
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw invalid(route, `has a parameter '${name}'`, 'A name is made of letters, digits and underscores.');
  }
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

function literalMatcher(text: string): Route['match'] {
  return (path, extent) => {
    if (extent === 'whole') return path === text ? { rest: '', params: {} } : undefined;
    return path.startsWith(text) ? { rest: path.slice(text.length), params: {} } : undefined;
  };
}

/**
 * Matches by an expression that begins with `^` and has a group for each parameter. The groups have no names: for named
 * ones an object is made with each match, in more time than the match takes.
 */
function expressionMatcher(start: RegExp, parameters: readonly RouteParameter[]): Route['match'] {
  const whole = new RegExp(`${start.source}$`);
  const groups = groupsOf(parameters);
  return (path, extent) => {
    const match = (extent === 'whole' ? whole : start).exec(path);
    if (match === null) return undefined;
    const params: Record<string, unknown> = {};
    for (let i = 0; i < parameters.length; i++) {
      const { name, converter } = parameters[i]!;
      const value = converter.toValue(match[groups[i]!]!);
      if (value === undefined) return undefined;
      params[name] = value;
    }
    return { rest: path.slice(match[0].length), params };
  };
}

function capture({ converter }: RouteParameter): string {
  return `(${converter.regex.source})`;
}

/** The number of each parameter's group. A converter's expression may have groups of its own. */
function groupsOf(parameters: readonly RouteParameter[]): readonly number[] {
  let next = 1;
  return parameters.map(({ converter }) => {
    const group = next;
    next += new RegExp(`${converter.regex.source}|`).exec('')!.length;
    return group;
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
