import type { ModuleLoader } from '../imports/installed-loader.ts';
import { nativeLoader } from './native-loader.ts';

/** The loader for dotted paths when no other loader is installed. Edge builds replace this file by `edge-loader.ts`. */
export function defaultLoader(_path: string): ModuleLoader {
  return nativeLoader(process.cwd());
}
