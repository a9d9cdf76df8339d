import type { LoadedSettings } from '../conf/load.ts';
import { lastURLconf } from '../handler/urls/reverse.ts';
import type { Finding } from './finding.ts';
import { middlewareFindings } from './middleware-checks.ts';
import { securityFindings } from './security-checks.ts';
import { settingPlace, settingsFindings } from './settings-checks.ts';
import { shadowedRoutes } from './shadowed-routes.ts';
import { urlFindings } from './url-checks.ts';
import { wsgiFindings } from './wsgi-checks.ts';

interface CheckOptions {
  /** The project root. */
  readonly root: string;
  readonly settings: LoadedSettings;
  /**
   * Findings about the safety of the settings in production. @default the findings with DEBUG off; none with DEBUG on
   */
  readonly security?: readonly Finding[];
  /** Awaited between the steps, so that the process can answer requests. @default no pauses */
  readonly pause?: () => Promise<void> | undefined;
  /** The order of patterns is not checked in a site with more patterns than this. @default no limit */
  readonly mostViews?: number;
}

/**
 * Runs all checks of a site that is loaded in this process. A site that does not load is an error of the loader
 * instead.
 */
export async function checkSite(options: CheckOptions): Promise<Finding[]> {
  const { root, settings, security = securityOf(settings), pause, mostViews } = options;
  const nodes = lastURLconf()?.nodes;
  return [
    ...settingsFindings(settings),
    ...security,
    ...middlewareFindings(settings, nodes !== undefined),
    ...wsgiFindings(root, settings),
    ...urlFindings(nodes ?? []),
    ...(await shadowedRoutes(nodes ?? [], pause, mostViews)),
  ];
}

function securityOf(settings: LoadedSettings): readonly Finding[] {
  if (settings.values.DEBUG) return [];
  return securityFindings(settings.values, (name) => settingPlace(settings, name));
}
