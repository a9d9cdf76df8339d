import { parseStack } from '../handler/debug/source/stack-frames.ts';
import { patternFrame } from '../handler/urls/pattern-frame.ts';
import type { IncludeNode, URLNode, ViewNode } from '../handler/urls/urlconf.ts';
import { patternCall } from '../handler/urls/view-names.ts';

/** A pattern and the patterns that include it, the outermost first. */
export interface PlacedNode<Node extends URLNode = URLNode> {
  readonly node: Node;
  readonly above: readonly IncludeNode[];
}

/** All patterns in the order in which they are tried. */
export function* walk(nodes: readonly URLNode[], above: readonly IncludeNode[] = []): Generator<PlacedNode> {
  for (const node of nodes) {
    yield { node, above };
    if (node.kind === 'include') yield* walk(node.children, [...above, node]);
  }
}

export function isView(placed: PlacedNode): placed is PlacedNode<ViewNode> {
  return placed.node.kind === 'view';
}

/** A pattern as it was written, after the patterns that include it: `path('blog/') > path('<slug:title>/')`. */
export function shownPattern({ node, above }: PlacedNode): string {
  return [...above, node].map(({ route }) => patternCall(route)).join(' > ');
}

/** The place where a pattern was made: `mysite/urls.ts:4:3`. */
export function patternPlace(node: Pick<URLNode, 'origin'>): string | undefined {
  return parseStack(`Error\n${patternFrame(node) ?? ''}`, '')[0]?.place;
}

/** A name with its namespaces: `blog:detail`. */
export function fullName(name: string, above: readonly IncludeNode[]): string {
  return [...above.flatMap(({ namespace }) => namespace ?? []), name].join(':');
}
