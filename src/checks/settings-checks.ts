import type { LoadedSettings } from '../conf/load.ts';
import { locateSetting } from '../conf/locate-setting.ts';
import { misspelt } from '../conf/settings-notes.ts';
import { statIfThere } from '../files/stat-if-there.ts';
import type { Finding } from './finding.ts';

/** Findings about names that are similar to those of settings, and about folders that do not exist. */
export function settingsFindings(settings: LoadedSettings): Finding[] {
  return [...misspeltFindings(settings), ...folderFindings(settings)];
}

/** The place where a setting is set, for messages; undefined if the settings have no file. */
export function settingPlace({ file }: Pick<LoadedSettings, 'file'>, name: string): string | undefined {
  return file === undefined ? undefined : locateSetting(file, name).shown;
}

/**
 * Findings about unknown names. A site may have settings of its own, so a name is mentioned only if it is similar to a
 * known one.
 */
function misspeltFindings(settings: LoadedSettings): Finding[] {
  return misspelt(settings).map(({ name, known }) => ({
    id: 'settings.W001',
    message: `${name} is not a setting: did you mean ${known}?`,
    hint: `Write: export const ${known} = …, or give your own setting another name.`,
    place: settingPlace(settings, name),
  }));
}

function folderFindings(settings: LoadedSettings): Finding[] {
  const missing = settings.values.STATICFILES_DIRS.filter((folder) => !statIfThere(folder)?.isDirectory());
  return missing.map((folder) => ({
    id: 'staticfiles.W004',
    message: `STATICFILES_DIRS names '${folder}', but there is no such folder.`,
    hint: 'Make the folder, or correct the setting.',
    place: settingPlace(settings, 'STATICFILES_DIRS'),
  }));
}
