import type { FindTexts, RoutePart } from './route.ts';

/** One step of a match. `many` is repeated as often as possible, `maybe` is optional. */
type Step =
  | { readonly kind: 'one' | 'maybe' | 'many'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'begin' | 'end' };

const RUN =
  /(\[(?:\\.|[^\]\\])*\]|\\[dDsSwW]|\\[^\w\s]|[^\\()|?*+{}^$[\].])(?:(\+)|(\*)|(\?)|\{(\d+)(,(\d*))?\})?/y;

/**
 * Matches a route whose parameters can be separated in several ways. The result is the same as that of the route's
 * expression: each parameter takes as many characters as possible. No step is tried twice at the same position, so the
 * time is linear.
 *
 * @returns undefined for converters that are not a sequence of characters, such as those with alternatives.
 */
export function linearMatcher(parts: readonly RoutePart[]): FindTexts | undefined {
  const steps: Step[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      steps.push(...Array.from(part.split(''), (character) => one((other) => other === character)));
      continue;
    }
    const runs = stepsOf(part.converter.regex);
    if (runs === undefined) return undefined;
    steps.push({ kind: 'begin' }, ...runs, { kind: 'end' });
  }
  return (path, extent) => find(steps, path, extent === 'whole');
}

function one(fits: (character: string) => boolean): Step {
  return { kind: 'one', fits };
}

function stepsOf({ source, flags }: RegExp): readonly Step[] | undefined {
  if (/[uv]/.test(flags)) return undefined;
  const steps: Step[] = [];
  for (let end = 0; end < source.length; end = RUN.lastIndex) {
    RUN.lastIndex = end;
    const run = RUN.exec(source);
    // A second character after a quantifier changes its meaning.
    if (run === null || /[?+*]/.test(source[RUN.lastIndex] ?? '')) return undefined;
    steps.push(...repeated(run));
  }
  return steps;
}

function repeated([, atom, plus, star, maybe, least, range, most]: RegExpExecArray): readonly Step[] {
  const expression = new RegExp(`^${atom}$`);
  const fits = (character: string) => expression.test(character);
  const times = (count: number, kind: 'one' | 'maybe') =>
    Array.from({ length: count }, () => ({ kind, fits }));
  if (plus) return [one(fits), { kind: 'many', fits }];
  if (star) return [{ kind: 'many', fits }];
  if (maybe) return times(1, 'maybe');
  if (least === undefined) return times(1, 'one');
  if (range === undefined) return times(Number(least), 'one');
  const rest: readonly Step[] = most
    ? times(Number(most) - Number(least), 'maybe')
    : [{ kind: 'many', fits }];
  return [...times(Number(least), 'one'), ...rest];
}

/** Tries the steps at each position of a path, the greedy one first. Stores the previous step and position of each. */
function find(steps: readonly Step[], path: string, isWhole: boolean): ReturnType<FindTexts> {
  const width = path.length + 1;
  /** By step and position: the number of the previous step and position, plus 2; 0 if not tried yet. */
  const before = new Int32Array((steps.length + 1) * width);
  /** The steps to be tried, each followed by its origin. The last one is tried first. */
  const left = [0, -1];
  while (left.length > 0) {
    const from = left.pop()!;
    const state = left.pop()!;
    if (before[state] !== 0) continue;
    before[state] = from + 2;
    const place = state % width;
    const step = steps[Math.floor(state / width)];
    if (step === undefined) {
      if (isWhole && place < path.length) continue;
      return { texts: textsOf(steps, path, before, state), end: place };
    }
    if (step.kind !== 'one') left.push(state + width, state);
    if (!('fits' in step) || place === path.length || !step.fits(path[place]!)) continue;
    left.push(step.kind === 'many' ? state + 1 : state + width + 1, state);
  }
  return undefined;
}

function textsOf(steps: readonly Step[], path: string, before: Int32Array, last: number): readonly string[] {
  const width = path.length + 1;
  const texts: string[] = [];
  let end = 0;
  for (let state = last; state >= 0; state = before[state]! - 2) {
    const kind = steps[Math.floor(state / width)]?.kind;
    if (kind === 'end') end = state % width;
    if (kind === 'begin') texts.unshift(path.slice(state % width, end));
  }
  return texts;
}
