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
  /** Where to put the site. @default a new folder called `name` in `cwd` */
  readonly directory?: string | undefined;
  /** A folder, an archive (tar or zip), or its URL (`file://`, `http://`, `https://`). @default the built-in template */
  readonly template?: string | undefined;
  /** Rendered besides `ts`, `json` and `md`. */
  readonly extensions?: readonly string[] | undefined;
  /** Names of files to render whatever their extension. */
  readonly fileNames?: readonly string[] | undefined;
  /** Folders to leave out. @default those that begin with a dot */
  readonly exclude?: readonly string[] | undefined;
  readonly packageManager: PackageManager;
  readonly cwd: string;
  readonly home: string;
}

/** A site that may be written: everything about it has been checked, and nothing is on the disk. */
export interface PreparedSite {
  readonly destination: Destination;
  readonly plan: SitePlan;
  /** Names of files that were there before and stay as they are. */
  readonly kept: readonly string[];
  /** The entries that should be added to an existing `.gitignore`, which is not changed. */
  readonly unignored: readonly string[];
  /** @throws {CommandError} when it could not be done; then nothing is left of it. */
  write(signal: AbortSignal): Promise<void>;
}

/** @throws {CommandError} when the name, the destination or the template will not do. */
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

/** Once anything is named, even nothing, hidden folders are taken in. */
function exclusionOf(exclude: readonly string[] | undefined): (directory: string) => boolean {
  const excluded = new Set(['.git', 'node_modules', ...(exclude ?? [])]);
  return (directory) => excluded.has(directory) || (exclude === undefined && directory.startsWith('.'));
}

/** Turns an error of the operating system into an error for users: which action failed, where and why. */
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
