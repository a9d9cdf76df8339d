import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../errors.ts';
import type { PackageManager } from './package-manager.ts';
import { runTool } from './run-tool.ts';

/** @throws {CommandError} when there is nothing to install, or when the package manager fails. */
export async function installPackages(
  packageManager: PackageManager,
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  // Without one, npm would install into a folder further up.
  if (!existsSync(join(cwd, 'package.json'))) {
    throw new CommandError(`Expected a package.json to install from, found none in '${cwd}'.`);
  }
  await runTool(packageManager, ['install'], { cwd, signal, stdio: 'inherit' });
}
