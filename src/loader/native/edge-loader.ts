import { ImproperlyConfigured } from '../../errors.ts';
import type { ModuleLoader } from '../imports/installed-loader.ts';

/**
 * What edge builds have in the place of `default-loader.ts`: a bundle for the edge is one file, so that no module is found
 * by its name, and the messages of modules that fail to load would be half of it.
 *
 * @throws {ImproperlyConfigured} always
 */
export function defaultLoader(path: string): ModuleLoader {
  throw new ImproperlyConfigured(
    `'${path}' can't be imported by its name: a bundle for the edge has no files.`,
    {
      hint: "Import the module and pass it on: import * as settings from './settings.ts', getWsgiApplication({ settings }).",
    },
  );
}
