import type { RoutePart } from '../handler/urls/routes/route.ts';
import type { PlacedNode } from './url-walk.ts';

/** Texts of many kinds, digits first. Each parameter uses the texts that its converter accepts. */
const TEXTS = [
  '2024',
  '7',
  'some-slug',
  'a_b',
  'name',
  'Two words',
  'file.txt',
  'a/b/c.html',
  'de',
  'en-gb',
  '2024-02-29',
  '12',
  '01',
  'abc123',
  'ABC',
  'true',
  '0f',
  'd3b07384-d113-4ec5-a1a6-0123456789ab',
  '9f86d081-884c-4d63-a0b2-ba9876543210',
  '1987',
  '192.0.2.1',
  'x',
  '3.14',
  'user@example.com',
];
const MOST_FORMS = 4;
const MOST_SAMPLES = 6;

/** Sample paths that a pattern matches. Empty if its expression cannot be reversed. */
export function samplePaths(placed: PlacedNode): readonly string[] {
  const routes = [...placed.above, placed.node].map(({ route }) => route);
  if (routes.some(({ isReversible }) => !isReversible)) return [];
  let forms: RoutePart[][] = [[]];
  for (const { forms: own } of routes)
    forms = forms.flatMap((first) => own.map((next) => [...first, ...next])).slice(0, MOST_FORMS);
  const paths = forms.flatMap((parts) => samplesOf(parts));
  return [...new Set(paths)].filter((path) => isMatch(placed, path));
}

/** Whether a pattern, with the patterns that include it, matches a path at any position. */
export function isMatch({ node, above }: PlacedNode, path: string): boolean {
  let rest = path;
  for (const { route } of above) {
    const match = route.match(rest, 'start');
    if (match === undefined) return false;
    rest = match.rest;
  }
  return node.route.match(rest, 'whole') !== undefined;
}

function samplesOf(parts: readonly RoutePart[]): readonly string[] {
  const texts = parts.map((part) => (typeof part === 'string' ? [part] : textsFor(part)));
  if (texts.some(({ length }) => length === 0)) return [];
  const count = Math.min(MOST_SAMPLES, Math.max(...texts.map(({ length }) => length)));
  // Within one path, each parameter has a text of a different kind, except where it is the first parameter.
  const steps = parts.map(
    (_, index) => parts.slice(0, index + 1).filter((part) => typeof part !== 'string').length,
  );
  return Array.from({ length: count }, (_, sample) =>
    texts.map((own, index) => own[(sample * steps[index]!) % own.length]).join(''),
  );
}

function textsFor({ converter }: Exclude<RoutePart, string>): readonly string[] {
  const whole = new RegExp(`^(?:${converter.regex.source})$`, converter.regex.flags);
  return TEXTS.filter((text) => whole.test(text) && converter.toValue(text) !== undefined);
}
