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
  /** Whether the settings are safe for production. @default what they are with DEBUG off; with DEBUG on none */
  readonly security?: readonly Finding[];
  /** Awaited between steps. @default without pauses */
  readonly pause?: () => Promise<void> | undefined;
  /** Of a site with more patterns, their order is not checked. @default it is */
  readonly mostViews?: number;
}

/** All checks of a site that has loaded in this process. What does not load at all is an error of the load. */
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
