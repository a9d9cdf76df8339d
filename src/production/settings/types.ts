import type { ValuesOf } from './setting.ts';
import type { SERVER_SETTINGS, SITE_SETTINGS } from './table/settings-table.ts';

/**
 * What a site's workers need: the values of the table's site settings, all of them resolved. Times are milliseconds and
 * have names that end in `Ms`, sizes are bytes, paths are absolute. 0 means no limit.
 */
export interface SiteSettings extends ValuesOf<typeof SITE_SETTINGS> {}

/** The settings of a server: those of its only site, or those that its sites inherit, and what there is once. */
export interface ProductionSettings extends SiteSettings, ValuesOf<typeof SERVER_SETTINGS> {}
