import type { LoadedSettings } from '../conf/load.ts';
import type { Finding } from './finding.ts';
import { settingPlace } from './settings-checks.ts';

/**
 * Findings about middleware that is listed twice, or that is never run.
 *
 * @param hasURLconf Whether the application is made by `getWsgiApplication()`, which has URLs and runs middleware.
 */
export function middlewareFindings(settings: LoadedSettings, hasURLconf: boolean): Finding[] {
  const { MIDDLEWARE: list } = settings.values;
  const place = settingPlace(settings, 'MIDDLEWARE');
  const twice = new Set(list.filter((entry, index) => list.indexOf(entry) < index));
  const findings: Finding[] = [...twice].map((entry) => ({
    id: 'middleware.W001',
    message: `MIDDLEWARE contains ${shown(entry)} more than once, so it runs more than once for each request.`,
    hint: 'Remove the others.',
    place,
  }));
  if (!hasURLconf && list.length > 0) {
    findings.push({
      id: 'middleware.W002',
      message:
        'MIDDLEWARE has no effect: the application of the site does not come from getWsgiApplication().',
      hint: 'Remove the setting, or make the application with: export const application = await getWsgiApplication();',
      place,
    });
  }
  return findings;
}

function shown(entry: LoadedSettings['values']['MIDDLEWARE'][number]): string {
  return typeof entry === 'string' ? `'${entry}'` : entry.name || 'a function without a name';
}
