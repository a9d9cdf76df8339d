import { activeSettings } from './active.ts';
import { type LazySettings, lazySettings } from './lazy-settings.ts';

export { ImproperlyConfigured } from '../errors.ts';
export type { LazySettings } from './lazy-settings.ts';
// Exports all types, since a site can augment this module only with types that it exports.
export type * from './settings-types.ts';

/**
 * The settings of this site: the values of the module that DJANGO_SETTINGS_MODULE names, otherwise the defaults.
 *
 * @example
 * import { settings } from 'startproject/conf';
 *
 * export const cacheSeconds = () => (settings.DEBUG ? 0 : 3600);
 */
export const settings: LazySettings = lazySettings(activeSettings);
