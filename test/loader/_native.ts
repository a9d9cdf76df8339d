import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Files, temporaryFolder } from '../_temp-folder.ts';
import { createSite } from './_site.ts';

/** What a module exports as `result`, or what loading it threw. */
export type Outcome = { readonly result: unknown } | { readonly error: string };

/** Imports the entry of each project and prints all outcomes. */
const DRIVER = `
const outcomes = {};
for (const [name, entry] of JSON.parse(process.argv[2])) {
  outcomes[name] = await import(entry).then(
    ({ result }) => ({ result }),
    (error) => ({ error: error.name + ': ' + error.message }),
  );
}
console.log(JSON.stringify(outcomes));
process.exit(0);
`;

/**
 * Runs projects by Node itself, all in one process. Their sources are JavaScript with the names of TypeScript files, or
 * else a Node that does not strip types could not run them.
 *
 * @param projects Files of each; it exports its `result` from its `entry`.
 */
export async function runNatively(
  projects: Readonly<Record<string, Files>>,
  atEnd: (end: () => void) => void,
): Promise<Record<string, Outcome>> {
  const folder = temporaryFolder({ 'package.json': '{"type":"module"}', 'driver.js': DRIVER }, atEnd);
  const entries = Object.entries(projects).map(([name, files]) => {
    const native = stripsTypes() ? files : withPlainNames(files);
    const root = temporaryFolder({ 'package.json': '{"type":"module"}', ...native }, atEnd);
    return [name, path.join(root, Object.keys(native).find((file) => file.startsWith('entry.'))!)];
  });
  const driver = ['--no-warnings', path.join(folder, 'driver.js'), JSON.stringify(entries)];
  const { stdout } = await promisify(execFile)(process.execPath, driver);
  return JSON.parse(stdout);
}

/** Runs a project by our loader. */
export async function runByUs(files: Files): Promise<Outcome> {
  try {
    const { exports } = await createSite(files).loader.importModule('entry');
    return { result: JSON.parse(JSON.stringify(exports.result)) };
  } catch (error) {
    let cause = error as Error;
    while (cause.cause instanceof Error) cause = cause.cause;
    return { error: `${cause.name}: ${cause.message}` };
  }
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}

function withPlainNames(files: Files): Files {
  const plain = (text: string) => text.replace(/\.([mc]?)ts\b/g, '.$1js');
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [plain(name), plain(text)]));
}
