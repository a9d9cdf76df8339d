import { resolve } from '../handler/urls/resolve.ts';
import type { URLNode, ViewNode } from '../handler/urls/urlconf.ts';
import type { Finding } from './finding.ts';
import { isMatch, samplePaths } from './route-samples.ts';
import { isView, type PlacedNode, patternPlace, shownPattern, walk } from './url-walk.ts';

type View = PlacedNode<ViewNode>;

/**
 * Finds patterns that are never reached because an earlier pattern matches the same paths, and pairs of patterns that
 * each match a path of the other, so that their order decides. The resolver itself is run with sample paths of each
 * pattern. A special route before a general one is correct.
 *
 * @param pause Awaited between two patterns, so that the process can answer requests.
 * @param mostViews With more patterns, none are compared, since the time grows with the square of their number.
 * @default no limit
 */
export async function shadowedRoutes(
  nodes: readonly URLNode[],
  pause: () => Promise<void> | undefined = () => undefined,
  mostViews = Infinity,
): Promise<Finding[]> {
  const views = [...walk(nodes)].filter(isView);
  if (views.length > mostViews) return [];
  const byNode = new Map(views.map((view) => [view.node, view]));
  const findings: Finding[] = [];
  for (const view of views) {
    try {
      const finding = shadowOf(view, nodes, byNode);
      if (finding !== undefined) findings.push(finding);
    } catch {
      // A converter of the site throws an error for a sample. Its behaviour with requests is not checked here.
    }
    await pause();
  }
  return findings;
}

function shadowOf(
  view: View,
  nodes: readonly URLNode[],
  byNode: ReadonlyMap<ViewNode, View>,
): Finding | undefined {
  const samples = samplePaths(view);
  const others = samples.flatMap((path) => {
    const found = resolve(nodes, path)?.node;
    return found === undefined || found === view.node ? [] : byNode.get(found)!;
  });
  const [first] = others;
  if (first === undefined || (samples.length < 2 && hasParameters(view))) return undefined;
  if (others.length === samples.length) return neverReached(view, first);
  const rival = others.find((other) => !samplePaths(other).every((path) => isMatch(view, path)));
  return rival && ambiguous(view, rival);
}

function hasParameters({ node, above }: View): boolean {
  return [...above, node].some(({ route }) => route.regex !== undefined || /</.test(route.text));
}

function neverReached(view: View, first: View): Finding {
  const message =
    shownPattern(view) === shownPattern(first)
      ? `${shownPattern(view)} is defined twice: the second is never reached.`
      : `${shownPattern(view)} is never reached: ${shownPattern(first)} is before it and matches the same paths.`;
  const hint =
    shownPattern(view) === shownPattern(first)
      ? `For a view of each method write one pattern: path('notes/', { GET: list, POST: create }). The first is at ${placeOf(first)}.`
      : `Move it before the other, which is at ${placeOf(first)}, or make their routes different.`;
  return { id: 'urls.W101', message, hint, place: patternPlace(view.node) };
}

function ambiguous(view: View, rival: View): Finding {
  return {
    id: 'urls.W102',
    message: `${shownPattern(view)} and ${shownPattern(rival)} match some of the same paths: the first one answers.`,
    hint: `Make their routes different, for example with a word before a parameter. The other is at ${placeOf(rival)}.`,
    place: patternPlace(view.node),
  };
}

function placeOf({ node }: View): string {
  return patternPlace(node) ?? 'another place';
}
