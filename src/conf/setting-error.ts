import { ImproperlyConfigured } from '../errors.ts';
import { isUnresolvedPath } from '../loader/imports/unresolved-path.ts';

interface SettingProblem {
  readonly setting: string;
  /** A string in the setting that is wrong. @default the whole setting is */
  readonly text?: string;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The error for a problem with a setting, which shows the line that sets it when `file` is known. */
export async function settingError(
  file: string | undefined,
  { setting, text, message, hint, cause }: SettingProblem,
): Promise<ImproperlyConfigured> {
  // Imported only here, since they read files: a bundle for the edge goes without.
  const place =
    file === undefined ? undefined : (await import('./locate-setting.ts')).locateSetting(file, setting, text);
  if (place === undefined) return new ImproperlyConfigured(message, { hint, cause });
  const { location, codeFrame, shown } = place;
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, cause, location, codeFrame });
}

/** Settings whose values cannot be used, and one hint for all of them. */
export interface WrongSettings {
  readonly settings: readonly Pick<SettingProblem, 'setting' | 'message'>[];
  readonly hint: string;
}

/** One error for all of them: each has the line that sets it, and the first its source. */
export async function wrongSettingsError(
  file: string,
  { settings, hint }: WrongSettings,
): Promise<ImproperlyConfigured> {
  const errors = await Promise.all(settings.map((problem) => settingError(file, problem)));
  const { location, codeFrame } = errors[0]!;
  return new ImproperlyConfigured(messageOf(errors), { hint, location, codeFrame });
}

/** A line for each. */
export function messageOf(problems: readonly { readonly message: string }[]): string {
  return problems.map(({ message }) => message).join('\n');
}

/** A dotted path as it was written, and where. */
interface PathPlace {
  readonly setting: string;
  readonly path: string;
  /** The name of the place in messages: `MIDDLEWARE[2]`. @default the setting */
  readonly asker?: string;
}

/** The error of an import of a dotted path. If the path itself is wrong, it has the line of the setting. */
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
