import { ImproperlyConfigured } from '../../errors.ts';
import { isError } from '../../text/thrown-text.ts';

// A registered symbol: the loader of a command and the site's own copy of this package each have this class.
const UNRESOLVED_PATH = Symbol.for('startproject.UnresolvedPath');

/** A dotted path has no object. The code that read the path adds its place. */
export class UnresolvedPath extends ImproperlyConfigured {
  readonly [UNRESOLVED_PATH] = true;
  override readonly name = 'ImproperlyConfigured';
}

/** Whether something is an `UnresolvedPath`, also one of another copy of this module. */
export function isUnresolvedPath(error: unknown): error is UnresolvedPath {
  return isError(error) && UNRESOLVED_PATH in error;
}
