import type { ModuleLoader } from '../imports/installed-loader.ts';
import { nativeLoader } from './native-loader.ts';

/** What imports a dotted path where no loader is installed. Edge builds have `edge-loader.ts` in its place. */
export function defaultLoader(_path: string): ModuleLoader {
  return nativeLoader(process.cwd());
}
