import { patternFrame } from './pattern-frame.ts';
import { lastURLconf } from './reverse.ts';
import type { URLNode, ViewNode } from './urlconf.ts';
import { viewName } from './view-names.ts';

/** The facts of a URL: its route from the site's root, its view, its name, and the place of its pattern. */
export interface ListedURL {
  readonly route: string;
  readonly view: string;
  /** The name with its namespaces: `blog:detail`; empty for a pattern without a name. */
  readonly name: string;
  /** A stack frame, for a caller that can format paths. */
  readonly frame: string | undefined;
}

/** The URLs of the application that was made last. */
export function listURLs(): readonly ListedURL[] {
  return [...listed(lastURLconf()?.nodes ?? [], '/', '')];
}

function* listed(nodes: readonly URLNode[], above: string, namespace: string): Generator<ListedURL> {
  for (const node of nodes) {
    const route = above + node.route.text;
    if (node.kind === 'view') yield describe(node, route, namespace);
    else {
      const { namespace: own } = node;
      yield* listed(node.children, route, own === undefined ? namespace : `${namespace}${own}:`);
    }
  }
}

function describe(node: ViewNode, route: string, namespace: string): ListedURL {
  const name = node.name === undefined ? '' : namespace + node.name;
  return { route, view: viewName(node), name, frame: patternFrame(node) };
}
