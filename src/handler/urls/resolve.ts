import type { Params } from './routes/route.ts';
import type { URLNode, ViewNode } from './urlconf.ts';

/** The view for a path, and its parameters. */
interface ViewMatch {
  readonly node: ViewNode;
  readonly params: Params;
}

/**
 * Finds the first pattern that matches a path.
 *
 * @param path Without the slash at its start.
 * @param onTry Called with each pattern that is tried, after those that include it.
 */
export function resolve(
  nodes: readonly URLNode[],
  path: string,
  onTry?: (nodes: readonly URLNode[]) => void,
): ViewMatch | undefined {
  for (const node of nodes) {
    const match = node.route.match(path, node.kind === 'view' ? 'whole' : 'start');
    if (match === undefined || node.kind === 'view') onTry?.([node]);
    if (match === undefined) continue;
    const params = join(match.params, node.kwargs);
    if (node.kind === 'view') return { node, params };
    const below = resolve(node.children, match.rest, onTry && ((tried) => onTry([node, ...tried])));
    if (below) return { node: below.node, params: join(params, below.params) };
  }
  return undefined;
}

/** Merges both objects. Usually one is empty, and no copy is made. */
function join(first: Params, second: Params): Params {
  for (const _ in second) return { ...first, ...second };
  return first;
}
