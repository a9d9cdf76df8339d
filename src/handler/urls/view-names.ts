import type { Route } from './routes/route.ts';
import type { ViewNode } from './urlconf.ts';

/** A pattern as it was written: `path('articles/')`. */
export function patternCall({ regex, text }: Route): string {
  return regex === undefined ? `path('${text}')` : `rePath(/${text.replaceAll('/', '\\/')}/)`;
}

/** A view as part of a sentence: `view home of path('')`. */
export function viewPhrase({ view, route }: Pick<ViewNode, 'view' | 'route'>): string {
  return `view${view.name && ` ${view.name}`} of ${patternCall(route)}`;
}

/** A view for messages and lists: its name, or its pattern for a function without a name, such as an inline arrow function. */
export function viewName({ view, route }: Pick<ViewNode, 'view' | 'route'>): string {
  return view.name || `of ${patternCall(route)}`;
}
