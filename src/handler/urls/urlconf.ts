import type { ErrorHandler, ErrorStatus } from '../errors/error-handlers.ts';
import type { Params, Route } from './routes/route.ts';
import type { View } from './url-pattern.ts';

interface BaseNode {
  readonly route: Route;
  readonly kwargs: Params;
  /** The error that was created with the `URLPattern`. */
  readonly origin: Error;
}

/** A pattern with a known view. */
export interface ViewNode extends BaseNode {
  readonly kind: 'view';
  readonly view: View<Params>;
  readonly name: string | undefined;
}

/** A pattern with its loaded sub-patterns. */
export interface IncludeNode extends BaseNode {
  readonly kind: 'include';
  readonly namespace: string | undefined;
  readonly children: readonly URLNode[];
}

export type URLNode = ViewNode | IncludeNode;

/** A site's URLs, loaded and checked. */
export interface URLconf {
  /** The dotted path; null for an imported module. */
  readonly name: string | null;
  readonly nodes: readonly URLNode[];
  readonly errorHandlers: Readonly<Partial<Record<ErrorStatus, ErrorHandler>>>;
}
