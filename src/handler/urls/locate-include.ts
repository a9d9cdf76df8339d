import type { SettingPlace } from '../../conf/locate-setting.ts';
import { codeFrame, positionAt } from '../../files/code-frame.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { shownPlace } from '../../files/shown-path.ts';
import { installedLoader } from '../../loader/imports/installed-loader.ts';
import { findFrame } from '../../text/find-frame.ts';

/**
 * Finds the `include()` of a path, in the call that made its pattern or anywhere in that file.
 *
 * @param frame The stack frame in which the pattern was made.
 */
export function locateInclude(frame: string, path: string): SettingPlace | undefined {
  const made = findFrame(frame, () => true);
  if (made === undefined) return undefined;
  const source = readTextIfThere(made.file) ?? '';
  const start = source
    .split('\n')
    .slice(0, made.line - 1)
    .join('\n').length;
  const call = new RegExp(`\\binclude\\(\\s*(['"\`])${path.replace(/[.$]/g, '\\$&')}\\1`);
  const behind = source.slice(start).search(call);
  const offset = behind < 0 ? source.search(call) : start + behind;
  const location = offset < 0 ? made : { file: made.file, ...positionAt(source, offset) };
  const shown = shownPlace(location, installedLoader()?.root ?? process.cwd());
  return { location, codeFrame: codeFrame(location, source), shown };
}
