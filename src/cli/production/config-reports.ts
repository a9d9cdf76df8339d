import { withoutServiceVariables } from '../../production/binding/inherited-sockets.ts';
import { checkSite } from '../../production/config-process/check-site.ts';
import type { ConfigProcessHandle } from '../../production/config-process/first-answer.ts';
import type { SiteCheck } from '../../production/config-process/messages.ts';
import type { SiteToRun } from '../../production/parent/site-to-run.ts';
import { formatSettings, settingsToJson } from '../../production/settings/print-settings.ts';
import { printable } from '../../wsgi/printable.ts';
import { describeFinding } from '../checks/describe-finding.ts';
import { reportError } from '../command.ts';
import { print } from '../terminal/output.ts';
import type { SiteReader } from './site-reader.ts';

type Spawn = (env: NodeJS.ProcessEnv) => ConfigProcessHandle;

/** Implements `--print-config`: all settings, and their origins. */
export async function printConfig(reader: SiteReader, isJson = false): Promise<void> {
  const resolved = await reader.readSettings();
  print((isJson ? settingsToJson : formatSettings)(resolved, process.cwd()));
}

/**
 * Implements `--check-config`: whether all sites load, and which settings should change for production. Only a load
 * error makes the exit code 1, as in Django's `check --deploy`.
 *
 * @param spawn Starts a process with the environment of a site.
 */
export async function checkConfig(reader: SiteReader, spawn: Spawn): Promise<void> {
  const { config, resolved, sites, notes } = await reader.read({ isToServe: false });
  void config?.close();
  print([...resolved.notes, ...notes].map((note) => `${printable(note)}\n`).join(''));
  let findings = 0;
  let failed = 0;
  for (const site of sites) {
    try {
      const check = await checkInProcess(site, spawn);
      findings += check.findings.length;
      print(describe(sites.length > 1 ? `${site.name}: ` : '', check));
    } catch (error) {
      failed += 1;
      process.exitCode = reportError(error);
    }
  }
  const loaded = failed === 0 ? 'Everything loads' : `${failed} of ${sites.length} sites cannot load`;
  print(`${loaded}. Findings for production: ${findings}\n`);
}

/** Loads it as a worker of the site does, except for the user. */
function checkInProcess({ settings, orders }: SiteToRun, spawn: Spawn): Promise<SiteCheck> {
  const env = { ...withoutServiceVariables(process.env), ...settings.env };
  return checkSite({
    site: orders.options,
    served: {
      bind: settings.bind,
      forwardedAllowIps: settings.forwardedAllowIps,
      protocol: settings.protocol,
    },
    spawn: () => spawn(env),
    timeoutMs: settings.bootTimeoutMs,
  });
}

function describe(title: string, { findings }: SiteCheck): string {
  const columns = (process.stdout.columns || Number.MAX_SAFE_INTEGER) - title.length;
  return findings.map((finding) => `${title}${describeFinding(finding, columns)}\n`).join('');
}
