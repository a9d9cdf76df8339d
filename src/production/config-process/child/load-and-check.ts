import { checkSite } from '../../../checks/check-site.ts';
import { loadApplication } from '../../../worker/site/load-application.ts';
import { enterSite } from '../../../worker/site/serve-site.ts';
import type { SiteOptions } from '../../../worker/site/site-options.ts';
import { SiteRuntime } from '../../../worker/site/site-runtime.ts';
import { deployFindings } from '../../settings/deploy-findings.ts';
import type { Served, SiteCheck } from '../messages.ts';

/** Loads a site as a worker does. @returns the findings of the checks for production @throws the error of the load */
export async function loadAndCheck(site: SiteOptions, served: Served): Promise<SiteCheck> {
  enterSite(site);
  const runtime = new SiteRuntime(site.root, () => {});
  const { settings } = await loadApplication(runtime.install([]), site.settings, site);
  const security = deployFindings(settings.values, served);
  const findings = await checkSite({ root: site.root, settings, security });
  runtime.saveCache();
  return { findings };
}
