import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../errors.ts';
import type { PackageManager } from './package-manager.ts';
import { runTool } from './run-tool.ts';

/** @throws {CommandError} if there is nothing to install, or if the package manager fails. */
export async function installPackages(
  packageManager: PackageManager,
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  // Without a package.json, npm would install into a parent folder.
  if (!existsSync(join(cwd, 'package.json'))) {
    throw new CommandError(`Expected a package.json to install from, found none in '${cwd}'.`);
  }
  await runTool(packageManager, ['install'], { cwd, signal, stdio: 'inherit' });
}
