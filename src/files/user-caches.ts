import path from 'node:path';

/**
 * The folder for this user's caches. Undefined for a user without a home folder, as in some containers, and if the path
 * is relative: the XDG Base Directory Specification calls such a path invalid, and the caches would be written into the
 * project.
 *
 * @param homeFolder `os.homedir`, which throws if there is none.
 */
export function userCaches(env: NodeJS.ProcessEnv, homeFolder: () => string): string | undefined {
  try {
    const folder = env.XDG_CACHE_HOME || path.join(homeFolder(), '.cache');
    return path.isAbsolute(folder) ? folder : undefined;
  } catch {
    return undefined; // The process then runs without this cache.
  }
}

/** The file in which this Node stores V8's compiled code of this package. */
export function codeCacheFile(env: NodeJS.ProcessEnv, homeFolder: () => string): string | undefined {
  const caches = userCaches(env, homeFolder);
  return caches && path.join(caches, 'startproject', `code-${process.version}-${process.arch}`);
}
