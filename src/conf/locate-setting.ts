import path from 'node:path';
import type { SourceLocation } from '../errors.ts';
import { codeFrame, positionAt } from '../files/code-frame.ts';
import { readTextIfThere } from '../files/regular-file.ts';
import { shownPlace } from '../files/shown-path.ts';
import { installedLoader } from '../loader/imports/installed-loader.ts';

export interface SettingPlace {
  readonly location: SourceLocation;
  readonly codeFrame: string | undefined;
  /** The place in the form of the loader's messages: `mysite/settings.ts:3:14`. */
  readonly shown: string;
}

/**
 * Finds the line that exports a setting, in a settings module or in a module that it re-exports.
 *
 * @param text A string in the value. If it is found, the result is its line.
 */
export function locateSetting(file: string, name: string, text?: string): SettingPlace {
  return placeOf(findExport(file, name, text) ?? { file });
}

/** Adds the form for messages to a location. */
export function placeOf(location: SourceLocation): SettingPlace {
  const shown = shownPlace(location, installedLoader()?.root ?? process.cwd());
  return { location, codeFrame: codeFrame(location), shown };
}

function findExport(
  file: string,
  name: string,
  text: string | undefined,
  seen = new Set<string>(),
): SourceLocation | undefined {
  seen.add(file);
  const source = readTextIfThere(file);
  if (source === undefined) return undefined;
  const declaration = new RegExp(`^export\\s+(?:(?:const|let|var|function|class)\\s+)?${name}\\b`, 'm').exec(
    source,
  );
  const listed =
    declaration ?? new RegExp(`^export\\s*\\{[^}]*?\\b${name}\\b(?!\\s+as\\b)`, 'm').exec(source);
  if (listed) {
    const offset = listed.index + listed[0].length - name.length;
    return { file, ...positionAt(source, offsetInValue(source, offset, text)) };
  }
  for (const [, specifier] of source.matchAll(/^export\s*\*\s*from\s*(['"]\.[^'"]*['"])/gm)) {
    const next = path.resolve(path.dirname(file), specifier!.slice(1, -1));
    for (const candidate of [next, `${next}.ts`, next.replace(/\.js$/, '.ts')]) {
      const found = seen.has(candidate) ? undefined : findExport(candidate, name, text, seen);
      if (found) return found;
    }
  }
  return undefined;
}

/**
 * The offset of a string between the name of a setting and the next export. If there is none, the offset of the name.
 */
function offsetInValue(source: string, offset: number, text: string | undefined): number {
  if (text === undefined) return offset;
  const length = source.slice(offset).search(/^export\b/m);
  const value = length < 0 ? source.slice(offset) : source.slice(offset, offset + length);
  const found = ["'", '"', '`'].map((mark) => value.indexOf(mark + text + mark)).find((at) => at >= 0);
  return found === undefined ? offset : offset + found;
}
