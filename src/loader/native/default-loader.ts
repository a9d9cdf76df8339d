import type { ModuleLoader } from '../imports/installed-loader.ts';
import { nativeLoader } from './native-loader.ts';

/** Imports dotted paths where no loader is installed. Edge builds have `edge-loader.ts` instead. */
export function defaultLoader(_path: string): ModuleLoader {
  return nativeLoader(process.cwd());
}
