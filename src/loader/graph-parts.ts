import type { CompilerParts } from './records/compiled-modules.ts';
import type { Resolver } from './resolve/resolver.ts';

export interface GraphParts extends CompilerParts {
  readonly resolver: Resolver;
  /** Called when all modules of an import have been read, before any of them runs. */
  readonly onLinked?: () => void;
  /** Whether the process is idle, so that modules that wait for each other would wait for ever. */
  readonly isIdle?: () => boolean;
  /** By URL: the replacements of builtins for the site's modules. */
  readonly builtins?: ReadonlyMap<string, object> | undefined;
}
