import { ImproperlyConfigured, type SourceLocation } from '../errors.ts';
import { isUnresolvedPath } from '../loader/imports/unresolved-path.ts';

/** The source of the name of a settings module. */
export interface SettingsSource {
  /** `--settings`, `DJANGO_SETTINGS_MODULE`, `"startproject.settings"` */
  readonly name: string;
  /** Its place, if a file has it. */
  readonly location?: SourceLocation | undefined;
}

/** Returns the error. If the settings module does not exist, the error also shows what named it. */
export async function settingsModuleError(
  error: unknown,
  dotted: string,
  { name, location }: SettingsSource,
): Promise<unknown> {
  if (!isUnresolvedPath(error)) return error;
  const { hint, cause } = error;
  const message = `${name} '${dotted}': ${error.message}`;
  if (location === undefined) return new ImproperlyConfigured(message, { hint, cause });
  // Imported here only, since this module reads files, and bundles for the edge must not contain it.
  const { placeOf } = await import('./locate-setting.ts');
  const { shown, codeFrame } = placeOf(location);
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, cause, location, codeFrame });
}

/** The source for DJANGO_SETTINGS_MODULE. It has a place if a file of the stack sets the variable. */
export async function environmentSource(dotted: string, stack: string): Promise<SettingsSource> {
  const name = 'DJANGO_SETTINGS_MODULE';
  const isHere = globalThis.process?.getBuiltinModule?.('node:fs') !== undefined;
  if (!isHere) return { name };
  const { findNamedSettings } = await import('./named-settings.ts');
  return { name, location: findNamedSettings(stack, dotted) };
}
