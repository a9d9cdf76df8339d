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

/** All settings of a server from all sources. The object is deeply frozen. */
export interface ResolvedSettings {
  /** The settings of the top level, which sites inherit. */
  readonly values: ProductionSettings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  /** The sites. There is at least one. */
  readonly sites: readonly ResolvedSite[];
  /** Warnings about settings that are valid but probably a mistake, one line each. */
  readonly notes: readonly string[];
  /** The configuration file that was read, if any. */
  readonly configFile: string | undefined;
}
