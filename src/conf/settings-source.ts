import { ImproperlyConfigured, type SourceLocation } from '../errors.ts';
import { isUnresolvedPath } from '../loader/imports/unresolved-path.ts';

/** The source of the name of a settings module. */
export interface SettingsSource {
  /** `--settings`, `DJANGO_SETTINGS_MODULE`, `"startproject.settings"` */
  readonly name: string;
  /** Where it stands, if it does so in a file. */
  readonly location?: SourceLocation | undefined;
}

/** The same error, and where there is no such settings module, with what has named it. */
export async function settingsModuleError(
  error: unknown,
  dotted: string,
  { name, location }: SettingsSource,
): Promise<unknown> {
  if (!isUnresolvedPath(error)) return error;
  const { hint, cause } = error;
  const message = `${name} '${dotted}': ${error.message}`;
  if (location === undefined) return new ImproperlyConfigured(message, { hint, cause });
  // Imported only here, since they read files: a bundle for the edge goes without.
  const { placeOf } = await import('./locate-setting.ts');
  const { shown, codeFrame } = placeOf(location);
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, cause, location, codeFrame });
}

/** DJANGO_SETTINGS_MODULE, with the line that sets it where that is in a file that has called this. */
export async function environmentSource(dotted: string, stack: string): Promise<SettingsSource> {
  const name = 'DJANGO_SETTINGS_MODULE';
  const isHere = globalThis.process?.getBuiltinModule?.('node:fs') !== undefined;
  if (!isHere) return { name };
  const { findNamedSettings } = await import('./named-settings.ts');
  return { name, location: findNamedSettings(stack, dotted) };
}
