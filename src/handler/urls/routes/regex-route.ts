import { ImproperlyConfigured } from '../../../errors.ts';
import { quote } from '../../../text/quote.ts';
import { withPlainDots } from './any-character.ts';
import { regexForms } from './regex-forms.ts';
import type { Route } from './route.ts';

/** The route of `rePath()`: named groups are its parameters, all of them text. */
export function regexRoute(regex: RegExp): Route {
  if (!(regex instanceof RegExp)) {
    throw new ImproperlyConfigured(`rePath() takes a regular expression, found ${quote(regex)}.`, {
      hint: 'Write it between slashes: rePath(/^articles\\/(?<year>[0-9]{4})\\/$/, view).',
    });
  }
  // The flags g and y would let a match start at `lastIndex`.
  const search = withPlainDots(new RegExp(regex.source, regex.flags.replace(/[gy]/g, '')));
  // Computed when reverse() needs it.
  let read: { readonly forms: Route['forms'] | undefined } | undefined;
  const forms = () => {
    read ??= { forms: regexForms(regex.source) };
    return read.forms;
  };
  return {
    text: regex.source.replaceAll('\\/', '/'),
    get forms() {
      return forms() ?? [['']];
    },
    get isReversible() {
      return forms() !== undefined;
    },
    regex: search,
    match(path) {
      const match = search.exec(path);
      if (match === null) return undefined;
      const groups = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined);
      return { rest: path.slice(match.index + match[0].length), params: Object.fromEntries(groups) };
    },
  };
}
