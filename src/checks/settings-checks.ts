import type { LoadedSettings } from '../conf/load.ts';
import { locateSetting } from '../conf/locate-setting.ts';
import { misspelt } from '../conf/settings-notes.ts';
import { statIfThere } from '../files/stat-if-there.ts';
import type { Finding } from './finding.ts';

/** Names that are nearly those of settings, and folders that are not there. */
export function settingsFindings(settings: LoadedSettings): Finding[] {
  return [...misspeltFindings(settings), ...folderFindings(settings)];
}

/** Where a setting is set, as the developer knows it; undefined where the settings have no file. */
export function settingPlace({ file }: Pick<LoadedSettings, 'file'>, name: string): string | undefined {
  return file === undefined ? undefined : locateSetting(file, name).shown;
}

/** Sites have settings of their own, so that an unknown name is mentioned only when it nearly is a known one. */
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
