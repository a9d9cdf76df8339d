import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersFrom } from '../files/folders-above.ts';
import { PACKAGE_ROOT } from '../files/package-root.ts';
import { shownPath } from '../files/shown-path.ts';
import { detectPackageManager, runLine, runScriptLine } from '../scaffold/tools/package-manager.ts';
import { shellLine } from '../text/shell-line.ts';

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly packageRoot: string;
}

/**
 * The command line that runs one of our commands in the user's folder, for hints. On npm, the names of our commands
 * belong to other packages, so `npx` is used only where it finds this package.
 *
 * @example typedCommand('runserver', ['8001']) // 'npm run dev -- 8001', where `npm run dev` runs this process
 */
export function typedCommand(
  name: 'runserver' | 'runwsgi' | 'runfcgi' | 'startproject',
  args: readonly string[],
  { cwd, env, packageRoot }: Place = { cwd: process.cwd(), env: process.env, packageRoot: PACKAGE_ROOT },
): string {
  const manager = detectPackageManager(env.npm_config_user_agent);
  const script = env.npm_lifecycle_event;
  if (script && runsLast(name, env.npm_lifecycle_script))
    return runScriptLine(manager, script, shellLine(...args));
  if (isFoundByNpx(name, cwd, packageRoot))
    return [runLine(manager, name), shellLine(...args)].join(' ').trimEnd();
  const file = join(packageRoot, 'bin', `${name}.js`);
  return shellLine('node', shownPath(file, cwd), ...args);
}

/** Whether arguments of a script reach the command. They do if the command is the last one of the script. */
function runsLast(name: string, script = ''): boolean {
  const last = script.split(/&&|\|\||[;|&]/).at(-1)!;
  const words = last.trim().split(/\s+/);
  if (name === 'runserver' && words.includes('--demo')) return true;
  return words.some((word) => word.replace(/^.*[\\/]/, '').replace(/\.js$/, '') === name);
}

/**
 * `npx` runs the command that is installed in this folder or above, otherwise the command of the surrounding package.
 */
function isFoundByNpx(name: string, cwd: string, packageRoot: string): boolean {
  let isInPackage = false;
  for (const folder of foldersFrom(cwd)) {
    if (existsSync(join(folder, 'node_modules/.bin', name))) return true;
    if (!isInPackage && existsSync(join(folder, 'package.json'))) {
      if (join(folder, '/') === join(packageRoot, '/')) return true;
      isInPackage = true;
    }
  }
  return false;
}

/** Whether a folder's package.json has a script of that name. */
export function hasScript(folder: string, name: string): boolean {
  try {
    return typeof JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts?.[name] === 'string';
  } catch {
    return false; // There is no package.json, or that of a template is not JSON.
  }
}
