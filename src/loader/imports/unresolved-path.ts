import { ImproperlyConfigured } from '../../errors.ts';
import { isError } from '../../text/thrown-text.ts';

// A registered symbol: the command's loader and the site's own copy of this package each have a class of this name.
const UNRESOLVED_PATH = Symbol.for('startproject.UnresolvedPath');

/** The error for a dotted path that leads to no object. The caller adds where the path was read. */
export class UnresolvedPath extends ImproperlyConfigured {
  readonly [UNRESOLVED_PATH] = true;
  override readonly name = 'ImproperlyConfigured';
}

/** Whether an error is an `UnresolvedPath`, also one that another copy of this module has created. */
export function isUnresolvedPath(error: unknown): error is UnresolvedPath {
  return isError(error) && UNRESOLVED_PATH in error;
}
