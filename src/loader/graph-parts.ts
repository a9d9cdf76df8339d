import type { CompilerParts } from './records/compiled-modules.ts';
import type { Resolver } from './resolve/resolver.ts';

export interface GraphParts extends CompilerParts {
  readonly resolver: Resolver;
  /** Called when all that an import needs has been read, and none of it has run. */
  readonly onLinked?: () => void;
  /** Whether nothing goes on in the process, so that modules that wait for each other do so for ever. */
  readonly isIdle?: () => boolean;
  /** By URL: what the site's modules get in the place of a builtin. */
  readonly builtins?: ReadonlyMap<string, object> | undefined;
}
