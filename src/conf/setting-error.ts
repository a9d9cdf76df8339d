import { ImproperlyConfigured } from '../errors.ts';

export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The error for a problem with a setting, which shows the line that sets it when `file` is known. */
export async function settingError(
  file: string | undefined,
  { setting, message, hint, cause }: SettingProblem,
): Promise<ImproperlyConfigured> {
  // Imported only here, since they read files: a bundle for the edge goes without.
  const place =
    file === undefined ? undefined : (await import('./locate-setting.ts')).locateSetting(file, setting);
  if (place === undefined) return new ImproperlyConfigured(message, { hint, cause });
  const { location, codeFrame, shown } = place;
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, cause, location, codeFrame });
}
