import { lastURLconf } from './reverse.ts';
import type { URLNode } from './urlconf.ts';

/** The URLs of the application that was made last, a line for each: its route, its view and its name. */
export function listURLs(): readonly string[] {
  return [...lines(lastURLconf()?.nodes ?? [], '/', '')];
}

function* lines(nodes: readonly URLNode[], above: string, namespace: string): Generator<string> {
  for (const node of nodes) {
    const route = above + node.route.text;
    if (node.kind === 'include') {
      yield* lines(
        node.children,
        route,
        node.namespace === undefined ? namespace : `${namespace}${node.namespace}:`,
      );
    } else {
      const name = node.name === undefined ? '' : `  ${namespace}${node.name}`;
      yield `${route}  ${node.view.name || '(anonymous)'}${name}`;
    }
  }
}
