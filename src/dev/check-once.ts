import { checkSite } from '../checks/check-site.ts';
import type { Finding } from '../checks/finding.ts';
import { loadApplication } from '../worker/site/load-application.ts';
import { enterSite } from '../worker/site/serve-site.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import { SiteRuntime } from '../worker/site/site-runtime.ts';
import { unlessStuck } from './unless-stuck.ts';

/** Loads a site in this process and checks it. @throws the errors of the load */
export async function checkOnce(site: SiteOptions): Promise<readonly Finding[]> {
  enterSite(site);
  const runtime = new SiteRuntime(site.root, () => {});
  const { settings } = await unlessStuck(loadApplication(runtime.install([]), site.settings, site));
  runtime.saveCache();
  return checkSite({ root: site.root, settings });
}
