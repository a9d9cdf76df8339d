import { activeSettings } from './active.ts';
import { type LazySettings, lazySettings } from './lazy-settings.ts';

export { ImproperlyConfigured } from '../errors.ts';
export type { LazySettings } from './lazy-settings.ts';
// All of them, since a site's augmentation of this module reaches them by that alone.
export type * from './settings-types.ts';

/**
 * The settings of this site: those of the module that DJANGO_SETTINGS_MODULE names, over the defaults.
 *
 * @example
 * import { settings } from 'startproject/conf';
 *
 * export const cacheSeconds = () => (settings.DEBUG ? 0 : 3600);
 */
export const settings: LazySettings = lazySettings(activeSettings);
