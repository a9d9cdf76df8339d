import type { CompilerParts } from './records/compiled-modules.ts';
import type { Resolver } from './resolve/resolver.ts';

export interface GraphParts extends CompilerParts {
  readonly resolver: Resolver;
  /** Called when all modules of an import have been read, before any of them runs. */
  readonly onLinked?: () => void;
  /** Whether the process is idle. Modules that wait for each other in an idle process would wait for ever. */
  readonly isIdle?: () => boolean;
  /** Replacements of Node's builtins for the site's modules, by URL. */
  readonly builtins?: ReadonlyMap<string, object> | undefined;
}
