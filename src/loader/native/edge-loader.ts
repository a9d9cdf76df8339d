import { ImproperlyConfigured } from '../../errors.ts';
import type { ModuleLoader } from '../imports/installed-loader.ts';

/**
 * Replaces `default-loader.ts` in edge builds. An edge bundle is one file, in which no module can be found by its name. The
 * messages for modules that fail to load would be half of it.
 *
 * @throws {ImproperlyConfigured} always
 */
export function defaultLoader(path: string): ModuleLoader {
  throw new ImproperlyConfigured(
    `'${path}' can't be imported by its name: a bundle for the edge has no files.`,
    {
      hint: "Import the module and pass it: import * as settings from './settings.ts', getWsgiApplication({ settings }).",
    },
  );
}
