/** The command that runs an installed package's command, by package manager. */
const RUNNERS = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' };

export type PackageManager = keyof typeof RUNNERS;

export const PACKAGE_MANAGERS = Object.keys(RUNNERS) as readonly PackageManager[];

/** The command that runs a script of package.json, by package manager. */
const SCRIPT_RUNNERS = { npm: 'npm run', pnpm: 'pnpm run', yarn: 'yarn', bun: 'bun run' };

/** The package manager that runs this process, from `npm_config_user_agent`. @default 'npm' */
export function detectPackageManager(userAgent = ''): PackageManager {
  return PACKAGE_MANAGERS.find((name) => userAgent.startsWith(`${name}/`)) ?? 'npm';
}

/** The line that runs `name`, a command of an installed package: `npx runserver`. */
export function runLine(packageManager: PackageManager, name: string): string {
  return `${RUNNERS[packageManager]} ${name}`;
}

/** The line that runs a script of package.json with more arguments: `npm run dev -- 8001`. */
export function runScriptLine(packageManager: PackageManager, script: string, args = ''): string {
  const line = `${SCRIPT_RUNNERS[packageManager]} ${script}`;
  if (args === '') return line;
  // Without `--`, npm would read the options itself.
  return packageManager === 'npm' ? `${line} -- ${args}` : `${line} ${args}`;
}
