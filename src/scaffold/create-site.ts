import { join } from 'node:path';
import { CommandError } from '../errors.ts';
import { PACKAGE_ROOT, packageVersion } from '../files/package-root.ts';
import { createContext } from './context.ts';
import { dependencyOn } from './dependency.ts';
import { type Destination, findDestination } from './destination.ts';
import { ignoringPattern, keepFiles } from './kept-files.ts';
import { planSite, type SitePlan } from './plan.ts';
import { checkProjectName, nameIgnoredByGit } from './project-name.ts';
import { openTemplate } from './template.ts';
import type { PackageManager } from './tools/package-manager.ts';
import { checkConflicts, writeSite } from './write.ts';

const EXTENSIONS = ['ts', 'json', 'md'];

interface SiteRequest {
  readonly name: string;
  /** The folder of the site. @default a new folder called `name` in `cwd` */
  readonly directory?: string | undefined;
  /** A folder, an archive (tar or zip), or its URL (`file://`, `http://`, `https://`). @default the built-in template */
  readonly template?: string | undefined;
  /** Extensions of files to render besides `ts`, `json` and `md`. */
  readonly extensions?: readonly string[] | undefined;
  /** Names of files to render in addition, whatever their extension. */
  readonly fileNames?: readonly string[] | undefined;
  /** Folders to omit. @default those that begin with a dot */
  readonly exclude?: readonly string[] | undefined;
  readonly packageManager: PackageManager;
  readonly cwd: string;
  readonly home: string;
}

/** A site that is ready to be written. Everything was checked, and nothing is on the disk yet. */
export interface PreparedSite {
  readonly destination: Destination;
  readonly plan: SitePlan;
  /** Names of existing files that are kept unchanged. */
  readonly kept: readonly string[];
  /** The entries that the user should add to an existing `.gitignore`, which is not changed. */
  readonly unignored: readonly string[];
  /** @throws {CommandError} on a failure, after everything that was written is removed. */
  write(signal: AbortSignal): Promise<void>;
}

/** @throws {CommandError} for an unusable name, destination or template. */
export async function prepareSite(request: SiteRequest): Promise<PreparedSite> {
  const { name, cwd, packageManager } = request;
  checkProjectName(name, cwd);
  const destination = await explain('use', undefined, () => findDestination(request));
  const source = request.template ?? join(PACKAGE_ROOT, 'templates/project');
  const whole = await explain('read', undefined, async () =>
    planSite(await openTemplate(source, { ...request, isExcluded: exclusionOf(request.exclude) }), {
      context: createContext({
        name,
        directory: destination.path,
        version: packageVersion(),
        dependency: dependencyOn({ packageRoot: PACKAGE_ROOT, cwd, site: destination.path }),
        packageManager,
      }),
      extensions: [...EXTENSIONS, ...(request.extensions ?? [])].map((extension) =>
        extension.replace(/^\.?/, '.'),
      ),
      fileNames: request.fileNames ?? [],
    }),
  );
  const pattern = ignoringPattern(whole, destination.path, name);
  if (pattern !== undefined) throw nameIgnoredByGit(name, pattern);
  const { plan, names: kept, unignored } = keepFiles(whole, destination.path);
  checkConflicts(plan, destination);
  return {
    destination,
    plan,
    kept,
    unignored,
    write: (signal) => explain('create', destination.path, () => writeSite(plan, destination, signal)),
  };
}

/** If any folder is named, even an empty name, hidden folders are included. */
function exclusionOf(exclude: readonly string[] | undefined): (directory: string) => boolean {
  const excluded = new Set(['.git', 'node_modules', ...(exclude ?? [])]);
  return (directory) => excluded.has(directory) || (exclude === undefined && directory.startsWith('.'));
}

/** Converts an error of the operating system to an error for users: the failed action, the place and the reason. */
async function explain<T>(verb: string, place: string | undefined, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const { code, message, path } = cause as NodeJS.ErrnoException;
    const [, reason] = /^[A-Z\d]+: (.+?)(?:, |$)/.exec(message) ?? [];
    if (code === undefined || reason === undefined) throw cause;
    throw new CommandError(`Could not ${verb} '${place ?? path}': ${reason} (${code}).`, { cause });
  }
}
