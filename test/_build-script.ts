import path from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll } from 'vitest';
import { temporaryFolder } from './_temp-folder.ts';

/** Makes one script of a TypeScript file, which runs on every Node. It goes when all tests of the file have run. */
export async function buildScript(source: string): Promise<string> {
  const file = path.join(temporaryFolder({}, afterAll), `${path.basename(source, '.ts')}.mjs`);
  const build = await rolldown({ input: source, platform: 'node', logLevel: 'silent' });
  await build.write({ file: file, format: 'esm', codeSplitting: false });
  return file;
}
