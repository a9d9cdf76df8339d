import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImproperlyConfigured } from '../../../src/errors.ts';
import { nativeFailure } from '../../../src/loader/native/native-errors.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

/** What an import of `entry.mjs` by Node itself, not by the test runner, fails with, as our message has it. */
export async function failureOfNode(files: Files): Promise<ImproperlyConfigured> {
  const root = temporaryFolder({ ...files, 'import.cjs': 'module.exports = (url) => import(url);' });
  const load = createRequire(import.meta.url)(path.join(root, 'import.cjs')) as (
    url: string,
  ) => Promise<unknown>;
  const entry = path.join(root, 'entry.mjs');
  try {
    await load(pathToFileURL(entry).href);
  } catch (error) {
    return nativeFailure(error, entry, root);
  }
  throw new Error('It loaded, and should have failed.');
}
