import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { type Files, temporaryFolder } from '../_temp-folder.ts';

const { transpileModule } = createRequire(import.meta.url)('typescript-5') as typeof import('typescript-5');

/** Runs what tsc makes of each project, all in one process, and returns what their `entry.mts` exports as `result`. */
export async function runCompiled(projects: readonly Files[]): Promise<unknown[]> {
  const compilerOptions = { module: 199, target: 9, esModuleInterop: true };
  const outputs = projects.flatMap((files, index) =>
    Object.entries(files).map(([fileName, text]) => {
      const { outputText } = transpileModule(text, { fileName, compilerOptions });
      return [`${index}/${fileName.replace(/ts$/, 'js')}`, outputText];
    }),
  );
  const print = `
    const results = [];
    for (let index = 0; index < ${projects.length}; index++) results.push((await import('./' + index + '/entry.mjs')).result);
    process.stdout.write(JSON.stringify(results));`;
  const root = temporaryFolder({ ...Object.fromEntries(outputs), 'print.mjs': print }, afterAll);
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(root, 'print.mjs')]);
  return JSON.parse(stdout);
}
