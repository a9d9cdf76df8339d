import { didYouMean } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { encodePath, ownPath } from '../../web/path-encoding.ts';
import { type ApplicationContext, currentContext } from '../request-context.ts';
import type { Params, Route, RoutePart } from './routes/route.ts';
import { escapeRegExp } from './routes/route-matcher.ts';
import type { URLconf, URLNode } from './urlconf.ts';

/** Thrown by `reverse()`: no pattern has the name, or no pattern with the name has these parameters. */
export class NoReverseMatch extends Error {
  override readonly name = 'NoReverseMatch';
}

/** The part of a path that one of the patterns on the way to a view adds. */
interface Segment {
  readonly route: Route;
  readonly parts: readonly RoutePart[];
}

type Form = readonly Segment[];

/** One pattern with all that include it. */
interface Candidate {
  readonly text: string;
  readonly isReversible: boolean;
  /** The possible forms of its path. */
  readonly forms: readonly Form[];
  readonly kwargs: Params;
}

type Candidates = ReadonlyMap<string, readonly Candidate[]>;

const candidatesByURLconf = new WeakMap<URLconf, Candidates>();
const last: { application?: ApplicationContext } = {};

/** Makes `reverse()` use the URLs of an application outside of requests. */
export function useForReverse(application: ApplicationContext): void {
  last.application = application;
}

/** The URLs of the application that was made last. */
export function lastURLconf(): URLconf | undefined {
  return last.application?.urlconf;
}

/** The application of the current request, or the one that was made last, and its mount point, percent-encoded. */
export function currentApplication(): { application: ApplicationContext; mount: string } | undefined {
  const context = currentContext();
  const application = context?.application ?? last.application;
  return application && { application, mount: encodePath((context ?? application).scriptName) };
}

/**
 * The path of a pattern with this name. In a request, the patterns of its application are used, and the path begins
 * with its mount point. Elsewhere the patterns of the newest application are used. If several patterns have the name,
 * the last is used.
 *
 * @param name With its namespaces: `blog:detail`.
 * @param params All parameters of the route, and no others. @default none
 * @returns the path, percent-encoded, with a slash in front.
 * @throws {NoReverseMatch} if no pattern with this name has these parameters.
 *
 * @example
 * import { reverse } from 'startproject/urls';
 *
 * export const latest = (request: Request) => Response.redirect(new URL(reverse('article', { id: 3 }), request.url), 302);
 */
export function reverse(name: string, params: Params = {}): string {
  const current = currentApplication();
  if (!current) {
    throw new NoReverseMatch(`reverse('${name}') was called before the URLs were loaded. Call it in a view.`);
  }
  const candidates = candidatesOf(current.application.urlconf);
  const named = candidates.get(name);
  if (!named) throw noSuchName(name, [...candidates.keys()]);
  for (const candidate of named.toReversed()) {
    const path = build(candidate, params);
    if (path !== undefined) return current.mount + ownPath(`/${path}`);
  }
  throw noFit(name, named, params);
}

function candidatesOf(urlconf: URLconf): Candidates {
  let candidates = candidatesByURLconf.get(urlconf);
  if (!candidates) {
    candidates = collect(urlconf.nodes);
    candidatesByURLconf.set(urlconf, candidates);
  }
  return candidates;
}

function collect(nodes: readonly URLNode[]): Map<string, Candidate[]> {
  const collected = new Map<string, Candidate[]>();
  const add = (name: string, candidate: Candidate) =>
    collected.set(name, [...(collected.get(name) ?? []), candidate]);
  for (const node of nodes) {
    const { route, kwargs } = node;
    const own = candidateOf(route, kwargs);
    if (node.kind === 'view') {
      if (node.name !== undefined) add(node.name, own);
      continue;
    }
    for (const [name, below] of collect(node.children)) {
      const fullName = node.namespace === undefined ? name : `${node.namespace}:${name}`;
      for (const candidate of below) add(fullName, join(own, candidate));
    }
  }
  return collected;
}

function candidateOf(route: Route, kwargs: Params): Candidate {
  const { text, isReversible } = route;
  return { text, isReversible, forms: route.forms.map((parts) => [{ route, parts }]), kwargs };
}

function join(above: Candidate, below: Candidate): Candidate {
  const isReversible = above.isReversible && below.isReversible;
  const forms = above.forms.flatMap((first) => below.forms.map((second) => [...first, ...second]));
  return {
    text: above.text + below.text,
    isReversible,
    // As in Django, a path cannot be reversed where one of its expressions has alternatives.
    forms: isReversible ? forms : [],
    kwargs: { ...above.kwargs, ...below.kwargs },
  };
}

/** Builds the path; undefined if the parameters are not exactly those of the pattern. */
function build({ forms, kwargs }: Candidate, params: Params): string | undefined {
  for (const form of forms) {
    const names = new Set(form.flatMap(({ parts }) => parameterNames(parts)));
    const isExtra = (name: string) => !names.has(name) && params[name] !== kwargs[name];
    if (Object.keys(params).some(isExtra)) continue;
    const path = write(form, params);
    if (path !== undefined) return encodeText(path);
  }
  return undefined;
}

function write(form: Form, params: Params): string | undefined {
  const texts: string[] = [];
  for (const { parts } of form) {
    let text = '';
    for (const part of parts) {
      const written = typeof part === 'string' ? part : valueText(part, params);
      if (written === undefined) return undefined;
      text += written;
    }
    texts.push(text);
  }
  return isMatch(form, texts) ? texts.join('') : undefined;
}

/** Whether the expressions of the patterns match the written text. A `path()` does not need this check. */
function isMatch(form: Form, texts: readonly string[]): boolean {
  const regexes = form.flatMap(({ route }) => route.regex ?? []);
  if (regexes.length === 0) return true;
  const sources = form.map(({ route: { regex } }, index) =>
    regex === undefined
      ? escapeRegExp(texts[index]!)
      : `(?:${withOwnNames(regex.source.replace(/^\^/, ''), index)})`,
  );
  const flags = new Set(regexes.flatMap((regex) => [...regex.flags]));
  return new RegExp(`^${sources.join('')}`, [...flags].join('')).test(texts.join(''));
}

/** Renames groups, since two expressions may use the same name, but one expression may not. */
function withOwnNames(source: string, index: number): string {
  return source.replace(/(\(\?<|\\k<)(?![=!])|\\.|\[(?:\\.|[^\]\\])*\]/gs, (token, opening?: string) =>
    opening === undefined ? token : `${opening}_${index}`,
  );
}

function valueText({ name, converter }: Exclude<RoutePart, string>, params: Params): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  const text = value === undefined ? undefined : converter.toUrl(value);
  if (text === undefined) return undefined;
  return new RegExp(`^(?:${converter.regex.source})$`, converter.regex.flags).test(text) ? text : undefined;
}

function parameterNames(parts: readonly RoutePart[]): string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : part.name));
}

function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2F|3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent);
}

function noSuchName(name: string, names: readonly string[]): NoReverseMatch {
  const list = names.length > 0 ? `The names are: ${names.join(', ')}.` : 'No pattern has a name.';
  const hint = didYouMean(name, names) ?? list;
  return new NoReverseMatch(`No pattern is named '${name}'. ${hint}`);
}

function noFit(name: string, candidates: readonly Candidate[], params: Params): NoReverseMatch {
  const tried = candidates.map(({ text, isReversible }) => {
    const reason = isReversible ? '' : ' (an expression that cannot be reversed)';
    return `'${text}'${reason}`;
  });
  return new NoReverseMatch(
    `No pattern named '${name}' takes ${showParams(params)}. Tried: ${tried.join(', ')}.`,
  );
}

function showParams(params: Params): string {
  const shown = Object.entries(params).map(([name, value]) => `${name}: ${quote(value)}`);
  return shown.length === 0 ? 'no parameters' : `{ ${shown.join(', ')} }`;
}
