import type { SourceLocation } from '../errors.ts';
import { positionAt } from '../files/code-frame.ts';
import { readTextIfThere } from '../files/regular-file.ts';
import { isInside } from '../files/shown-path.ts';
import { installedLoader } from '../loader/imports/installed-loader.ts';
import { findFrame } from '../text/find-frame.ts';

const NAMED_SETTINGS = /DJANGO_SETTINGS_MODULE\s*(?:\?\?|\|\|)?=\s*(['"])([^'"\n]+)\1/;

/** The settings modules that a file such as `wsgi.ts` names, and the lines that name them. */
export function readNamedSettings(file: string): { dotted: string; location: SourceLocation } | undefined {
  const source = readTextIfThere(file);
  const match = source === undefined ? null : NAMED_SETTINGS.exec(source);
  if (match === null) return undefined;
  return { dotted: match[2]!, location: { file, ...positionAt(source!, match.index) } };
}

/** The line that names these settings, in the first project file of a stack that names them. */
export function findNamedSettings(stack: string, dotted: string): SourceLocation | undefined {
  const root = installedLoader()?.root ?? process.cwd();
  const names = (file: string) => isInside(file, root) && readNamedSettings(file)?.dotted === dotted;
  const frame = findFrame(stack, names);
  return frame && readNamedSettings(frame.file)!.location;
}
