import { quote } from '../../conf/quote.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import type { Route, RoutePart } from './route.ts';

const NAMED_GROUP = /\(\?<([A-Za-z_$][\w$]*)>((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\[])*)\)/g;

/** The route of `rePath()`: named groups are its parameters, all of them text. */
export function regexRoute(regex: RegExp): Route {
  if (!(regex instanceof RegExp)) {
    throw new ImproperlyConfigured(`rePath() takes a regular expression, found ${quote(regex)}.`, {
      hint: 'Write it between slashes: rePath(/^articles\\/(?<year>[0-9]{4})\\/$/, view).',
    });
  }
  // Neither a global nor a sticky expression starts at the beginning each time.
  const search = new RegExp(regex.source, regex.flags.replace(/[gy]/g, ''));
  return {
    text: regex.source.replaceAll('\\/', '/'),
    parts: turnRound(search),
    match(path) {
      const match = search.exec(path);
      if (match === null) return undefined;
      const groups = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined);
      return { rest: path.slice(match.index + match[0].length), params: Object.fromEntries(groups) };
    },
  };
}

/** The parts of an expression of literal text and simple named groups, for `reverse()`. */
function turnRound({ source, flags }: RegExp): readonly RoutePart[] | undefined {
  const body = source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const parts: RoutePart[] = [];
  let end = 0;
  for (const match of body.matchAll(NAMED_GROUP)) {
    const [whole, name, inner] = match;
    parts.push(body.slice(end, match.index), {
      name: name!,
      converter: textMatching(new RegExp(inner!, flags)),
    });
    end = match.index + whole.length;
  }
  parts.push(body.slice(end));
  const literals = parts.filter((part) => typeof part === 'string');
  if (literals.some((text) => /(?<!\\)[.*+?^${}()|[\]]|\\[A-Za-z0-9]/.test(text))) return undefined;
  return parts.map((part) => (typeof part === 'string' ? part.replace(/\\(.)/g, '$1') : part));
}

function textMatching(regex: RegExp) {
  return { regex, toValue: (text: string) => text, toUrl: String };
}
