import type { ResolvedSite } from './resolved-settings.ts';
import { variableName } from './setting.ts';
import { longFlag } from './sources/flags.ts';
import type { Origin } from './sources/origin.ts';
import type { SettingName, SiteSettingName } from './table/settings-table.ts';
import type { ProductionSettings, SiteSettings } from './types.ts';

/** The settings that the notes are about. */
interface Noted {
  readonly values: ProductionSettings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  readonly sites: readonly ResolvedSite[];
}

/** The default of `terminationGracePeriodSeconds` in Kubernetes. */
const KUBERNETES_GRACE_MS = 30_000;

/** Settings that have no effect without another setting. */
const NEEDS: readonly {
  readonly name: SiteSettingName;
  readonly needed: SiteSettingName;
  readonly has: (settings: SiteSettings) => boolean;
}[] = [
  { name: 'proxyAllowIps', needed: 'proxyProtocol', has: ({ proxyProtocol }) => proxyProtocol !== 'off' },
  {
    name: 'maxRequestsJitter',
    needed: 'maxRequests',
    has: ({ maxRequests, maxRequestsJitter }) => maxRequests > 0 || maxRequestsJitter === 0,
  },
  { name: 'accessLogFormat', needed: 'accessLog', has: ({ accessLog }) => accessLog !== undefined },
  { name: 'caCerts', needed: 'certReqs', has: ({ certReqs }) => certReqs !== 'none' },
];

/** Settings of a site that are merged with those of the top level. */
const MERGED: ReadonlySet<string> = new Set(['env']);

/** Warnings about settings that are valid but probably a mistake, one line each. */
export function settingsNotes(
  noted: Noted,
  { KUBERNETES_SERVICE_HOST }: NodeJS.ProcessEnv,
): readonly string[] {
  const { values, sites } = noted;
  const notes: string[] = [];
  if (values.preload) {
    notes.push(
      '--preload has no effect: each worker loads the application itself, since Node cannot fork a process that has loaded it.',
    );
  }
  for (const { settings, origins } of sites) {
    const { protocol } = settings;
    if (protocol === 'http' || origins.forwardedAllowIps.source === 'default') continue;
    notes.push(
      `forwardedAllowIps has no effect with the protocol ${protocol}: the web server sends the address and the scheme of the client itself.`,
    );
  }
  notes.push(...withoutNeeded(noted), ...overridden(noted));
  const longest = Math.max(
    ...sites.map(({ settings }) => settings.drainDelayMs + settings.gracefulTimeoutMs),
  );
  if (KUBERNETES_SERVICE_HOST && longest >= KUBERNETES_GRACE_MS) {
    notes.push(
      `drainDelay and gracefulTimeout are ${longest / 1000} seconds together. Kubernetes kills a pod 30 seconds after the signal to stop, unless its terminationGracePeriodSeconds is larger.`,
    );
  }
  return notes;
}

/**
 * Warnings about logs that are lost, since the output of a server in the background is discarded.
 *
 * @param output The file that receives standard output in the background.
 */
export function outputNotes(
  { values, origins, sites }: Noted,
  output: string | undefined,
): readonly string[] {
  if (!values.daemon)
    return output === undefined
      ? []
      : ['outlog has no effect without daemonize: standard output is as it was.'];
  const notes: string[] = [];
  const toOutput = sites.find(({ settings }) => settings.accessLog === '-');
  if (toOutput !== undefined && output === undefined)
    notes.push(
      `${written(toOutput.origins.accessLog)} - has no effect in the background: nobody reads standard output there. Name a file.`,
    );
  if (values.errorLog === '-' && origins.errorLog.source !== 'default')
    notes.push(
      `${written(origins.errorLog)} - shows nothing after the start: nobody reads standard error in the background. Name a file.`,
    );
  return notes;
}

/**
 * Finds settings that lack the setting that they need. For a setting at the top level, it is enough if one site has it.
 */
function withoutNeeded({ sites }: Noted): string[] {
  return NEEDS.flatMap(({ name, needed, has }) => {
    const needing = sites.filter(({ origins }) => origins[name].source !== 'default');
    const effective = new Set(
      needing.filter(({ settings }) => has(settings)).map(({ origins }) => origins[name].name),
    );
    const idle = new Map(needing.map(({ origins }) => [origins[name].name, origins[name]] as const));
    return [...idle.values()]
      .filter((origin) => !effective.has(origin.name))
      .map((origin) => `${written(origin)} has no effect without ${writtenLike(origin, needed)}.`);
  });
}

/** Settings on the command line or in the environment that no site uses. */
function overridden({ origins, sites }: Noted): string[] {
  return (Object.keys(sites[0]!.origins) as SiteSettingName[]).flatMap((name) => {
    const { source } = origins[name];
    const isAsked =
      source === 'flag' || source === 'word' || source === 'arguments' || source === 'environment';
    const isTaken = sites.some((site) => site.origins[name].source === source);
    if (!isAsked || isTaken || MERGED.has(name)) return [];
    return [`${written(origins[name])} has no effect: the configuration gives each site its own ${name}.`];
  });
}

function written({ source, name }: Origin): string {
  return source === 'arguments' ? `${name} in RUNWSGI_CMD_ARGS` : name;
}

/** The name of a setting in the form of another setting's source. */
function writtenLike({ source }: Origin, name: SettingName): string {
  if (source === 'file') return name;
  return source === 'environment' ? variableName(name) : longFlag(name);
}
