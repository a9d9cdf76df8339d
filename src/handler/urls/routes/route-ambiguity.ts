import type { RoutePart } from './route.ts';

/** Matches a part of an expression that stands for one character: a class, an escape, a character. */
const ATOM = /\[(?:\\.|[^\]\\])*\]|\\(?:u\{\w+\}|[pP]\{[^}]*\}|.)|[^()|?*+{}^$]/gs;
const LONGEST_BOUNDED = 64;

/**
 * Counts the parameters that share characters with a previous parameter, as in `<str:a>-<str:b>`. For each of them, a
 * failing match is tried at every position where the previous parameter could end.
 */
export function overlaps(parts: readonly RoutePart[]): number {
  let count = 0;
  let isLoose = false;
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string' || isBounded(part.converter.regex)) continue;
    const { regex } = part.converter;
    if (isLoose && mayHave(regex, parts[index - 1], -1)) count += 1;
    const isLast = parts.slice(index + 1).every((next) => next === '');
    if (!isLast && mayHave(regex, parts[index + 1], 0)) isLoose = true;
  }
  return count;
}

/** Whether a matching text may contain the adjacent character of a neighbour. */
function mayHave(regex: RegExp, neighbour: RoutePart | undefined, at: number): boolean {
  // Adjacent parameters have an empty text between them.
  if (typeof neighbour !== 'string' || neighbour === '') return true;
  const character = neighbour.at(at)!;
  const flags = regex.unicode ? 'u' : '';
  return [...regex.source.matchAll(ATOM)].some(([atom]) => new RegExp(`^${atom}$`, flags).test(character));
}

/** Whether all matching texts are short. */
function isBounded({ source }: RegExp): boolean {
  const structure = source.replace(ATOM, (atom) => (/^[\d,]$/.test(atom) ? atom : 'a'));
  if (/[+*]|\{\d+,\}/.test(structure)) return false;
  return [...structure.matchAll(/\{(?:\d+,)?(\d+)\}/g)].every(([, most]) => Number(most) <= LONGEST_BOUNDED);
}
