import { ImproperlyConfigured } from '../errors.ts';
import { isUnresolvedPath } from '../loader/imports/unresolved-path.ts';

interface SettingProblem {
  readonly setting: string;
  /** The wrong string within the setting. @default the whole setting is wrong */
  readonly text?: string;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Makes the error for a problem with a setting. If `file` is known, the error shows the line that sets it. */
export async function settingError(
  file: string | undefined,
  { setting, text, message, hint, cause }: SettingProblem,
): Promise<ImproperlyConfigured> {
  // Imported here only, since this module reads files, and bundles for the edge must not contain it.
  const place =
    file === undefined ? undefined : (await import('./locate-setting.ts')).locateSetting(file, setting, text);
  if (place === undefined) return new ImproperlyConfigured(message, { hint, cause });
  const { location, codeFrame, shown } = place;
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, cause, location, codeFrame });
}

/** Settings with unusable values, and one hint for all of them. */
export interface WrongSettings {
  readonly settings: readonly Pick<SettingProblem, 'setting' | 'message'>[];
  readonly hint: string;
}

/** Makes one error for several settings. It shows the line of each, and the source of the first. */
export async function wrongSettingsError(
  file: string,
  { settings, hint }: WrongSettings,
): Promise<ImproperlyConfigured> {
  const errors = await Promise.all(settings.map((problem) => settingError(file, problem)));
  const { location, codeFrame } = errors[0]!;
  return new ImproperlyConfigured(messageOf(errors), { hint, location, codeFrame });
}

/** One line for each problem. */
export function messageOf(problems: readonly { readonly message: string }[]): string {
  return problems.map(({ message }) => message).join('\n');
}

/** A dotted path as it was written, and its place. */
interface PathPlace {
  readonly setting: string;
  readonly path: string;
  /** The name of the place in messages: `MIDDLEWARE[2]`. @default the name of the setting */
  readonly asker?: string;
}

/**
 * Makes the error of a failed import of a dotted path. If the path itself is wrong, the error shows the line of the
 * setting.
 */
export async function pathError(
  error: unknown,
  file: string | undefined,
  { setting, path, asker = setting }: PathPlace,
): Promise<unknown> {
  if (!isUnresolvedPath(error)) return error;
  const { hint, cause } = error;
  const message = error.message.startsWith(asker) ? error.message : `${asker} '${path}': ${error.message}`;
  return settingError(file, { setting, text: path, message, hint, cause });
}
