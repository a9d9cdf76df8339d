import { ImproperlyConfigured } from '../../errors.ts';
import type { ModuleLoader } from '../imports/installed-loader.ts';

/**
 * Replaces `default-loader.ts` in edge builds. An edge bundle is one file, so no module can be found by its name. The
 * code for messages about failed loads is left out: it would double the size of the bundle.
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
