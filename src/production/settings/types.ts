import type { ValuesOf } from './setting.ts';
import type { SERVER_SETTINGS, SITE_SETTINGS } from './table/settings-table.ts';

/**
 * The settings for the workers of a site, after all sources are combined. The names of times end in `Ms` for
 * milliseconds, sizes are bytes, and paths are absolute. 0 means no limit.
 */
export interface SiteSettings extends ValuesOf<typeof SITE_SETTINGS> {}

/** The settings of a server: those of its only site, or those that its sites inherit, and those that exist once. */
export interface ProductionSettings extends SiteSettings, ValuesOf<typeof SERVER_SETTINGS> {}
