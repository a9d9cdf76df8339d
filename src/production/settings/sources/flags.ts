import { SETTING_NAMES, SETTINGS, type SettingName } from '../table/settings-table.ts';
import type { Found, Layer, Origin, Source } from './origin.ts';
import { readValue } from './wrong-setting.ts';

/**
 * The texts of each flag on the command line; the word without a flag is `app`. A flag without a value has 'true' or
 * 'false'.
 */
export type RawOptions = Readonly<Partial<Record<SettingName, readonly string[]>>>;

/** The origins of settings that were not given by flags of the table. */
export type WrittenAs = Readonly<Partial<Record<SettingName, Origin>>>;

/** Reads the flags of a command line. @throws {UsageError} */
export function readFlags(
  options: RawOptions,
  source: Source & ('flag' | 'arguments'),
  cwd: string,
  writtenAs: WrittenAs = {},
): Layer {
  const layer = new Map<string, Found>();
  for (const name of SETTING_NAMES) {
    const texts = options[name];
    if (texts === undefined || texts.length === 0) continue;
    const { kind } = SETTINGS[name];
    const origin = writtenAs[name] ?? { source, name: longFlag(name) };
    layer.set(name, { value: readValue(origin, kind, () => kind.fromTexts(texts, cwd)), origin });
  }
  return layer;
}

/** The long flag: `--workers`. The word without a flag is `[APP]`. */
export function longFlag(name: SettingName): string {
  return SETTINGS[name].flags?.split(', ').at(-1) ?? '[APP]';
}
