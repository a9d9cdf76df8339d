import type { Origin } from './sources/origin.ts';
import type { SettingName, SiteSettingName } from './table/settings-table.ts';
import type { ProductionSettings, SiteSettings } from './types.ts';

/** A site of a server. */
export interface ResolvedSite {
  /** `default` for the only site of a server without `sites`. */
  readonly name: string;
  readonly settings: SiteSettings;
  readonly origins: Readonly<Record<SiteSettingName, Origin>>;
}

/** All settings of a server, from all sources. Everything in it is frozen. */
export interface ResolvedSettings {
  /** Those of the top level, which sites inherit. */
  readonly values: ProductionSettings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  /** At least one. */
  readonly sites: readonly ResolvedSite[];
  /** Warnings about settings that are valid and probably not meant, one line each. */
  readonly notes: readonly string[];
  /** The configuration file that was read. */
  readonly configFile: string | undefined;
}
