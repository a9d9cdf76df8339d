import { readText } from '../../text/thrown-text.ts';
import { resolve } from '../urls/resolve.ts';
import type { URLNode } from '../urls/urlconf.ts';
import type { DebugCircumstances, Facts } from './request-facts.ts';
import { editorAction } from './source/open-button.ts';
import { parseStack } from './source/stack-frames.ts';

/** The called view, its route as written, and the line of the route. Empty if no view was called. */
export function raisedDuring({ called, path, urlconf, environ }: DebugCircumstances): Facts {
  if (called === undefined) return [];
  let matched: readonly URLNode[] = [called];
  resolve(urlconf.nodes, path.slice(1), (nodes) => {
    matched = nodes; // The pattern that is tried last is the one that matches.
  });
  const route = matched.map((node) => node.route.text).join('');
  const name = called.view.name || 'the inline view';
  const origin = parseStack(readText(called.origin, 'stack'), called.origin.message).find(
    (frame) => frame.isSite,
  );
  return [
    [
      'Raised during',
      [`${name} of '${route}'`, origin?.place].filter(Boolean).join(', '),
      editorAction(environ, { ...origin }),
    ],
  ];
}
