import type { URLNode } from '../handler/urls/urlconf.ts';
import { patternCall } from '../handler/urls/view-names.ts';
import type { Finding } from './finding.ts';
import { fullName, isView, type PlacedNode, patternPlace, shownPattern, walk } from './url-walk.ts';

/**
 * Findings about routes with another meaning than they seem to have, and about names that two patterns share.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/checks/#url-configuration
 */
export function urlFindings(nodes: readonly URLNode[]): Finding[] {
  const all = [...walk(nodes)];
  return [
    ...all.flatMap(({ node }) => routeFinding(node) ?? []),
    ...all.flatMap(({ node }) => nameFinding(node) ?? []),
    ...namespaceFindings(all),
    ...doubleNames(all),
  ];
}

function routeFinding(node: URLNode): Finding | undefined {
  const { route, kind } = node;
  const call = patternCall(route);
  const place = patternPlace(node);
  if (route.regex === undefined) {
    if (!/^\^|\(\?P?<|\$$/.test(route.text)) return undefined;
    const message = `${call} looks like a regular expression, but path() takes it literally.`;
    return {
      id: '2_0.W001',
      message,
      hint: "Write path('articles/<int:year>/', …), or rePath() for a regular expression.",
      place,
    };
  }
  const { source } = route.regex;
  if (kind === 'include' && /(?<!\\)\$$/.test(source)) {
    const hint = 'Remove the $: the included patterns match the rest of the path.';
    return {
      id: 'urls.W001',
      message: `${call} ends in $ and includes patterns: they match only if nothing of the path is left.`,
      hint,
      place,
    };
  }
  if (/^\^?\\?\//.test(source)) {
    const hint = 'Remove the slash: the slash after the host is not part of a route.';
    return { id: 'urls.W002', message: `${call} begins with a slash.`, hint, place };
  }
  return undefined;
}

function nameFinding(node: URLNode): Finding | undefined {
  if (node.kind !== 'view' || !node.name?.includes(':')) return undefined;
  const message = `The name '${node.name}' contains a colon, which separates a namespace from a name.`;
  const hint = 'Give include() a namespace, or use another character.';
  return { id: 'urls.W003', message, hint, place: patternPlace(node) };
}

function namespaceFindings(all: readonly PlacedNode[]): Finding[] {
  const seen = new Map<string, URLNode>();
  return all.flatMap(({ node, above }) => {
    if (node.kind !== 'include' || node.namespace === undefined) return [];
    const name = fullName(node.namespace, above);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, node);
    if (first === undefined) return [];
    const message = `The namespace '${name}' is used twice: if both have a pattern with the same name, reverse() uses the last one.`;
    return {
      id: 'urls.W005',
      message,
      hint: `Rename one. The first is ${at(first)}.`,
      place: patternPlace(node),
    };
  });
}

/** Patterns with the same name are allowed if their parameters differ, since `reverse()` selects by the parameters. */
function doubleNames(all: readonly PlacedNode[]): Finding[] {
  const seen = new Map<string, PlacedNode>();
  return all.filter(isView).flatMap((placed) => {
    const { node, above } = placed;
    if (node.name === undefined) return [];
    const name = fullName(node.name, above);
    const key = `${name} ${parametersOf(placed).join(' ')}`;
    const first = seen.get(key);
    seen.set(key, placed);
    if (first === undefined || shownPattern(first) === shownPattern(placed)) return [];
    const message = `The name '${name}' is also the name of ${shownPattern(first)}, with the same parameters: reverse() uses the last one.`;
    return {
      id: 'urls.W103',
      message,
      hint: `Rename one. The other is ${at(first.node)}.`,
      place: patternPlace(node),
    };
  });
}

function parametersOf({ node, above }: PlacedNode): string[] {
  const forms = [...above, node].flatMap(({ route }) => route.forms[0] ?? []);
  return forms.flatMap((part) => (typeof part === 'string' ? [] : part.name)).sort();
}

function at(node: URLNode): string {
  return `at ${patternPlace(node) ?? patternCall(node.route)}`;
}
