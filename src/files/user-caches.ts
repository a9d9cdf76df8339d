import path from 'node:path';

/**
 * The folder of this user's caches; undefined for a user without a home, as in some containers, and where its path is
 * relative: the XDG Base Directory Specification calls such a path invalid, and the project would get the caches.
 *
 * @param homeFolder `os.homedir`, which throws where there is none.
 */
export function userCaches(env: NodeJS.ProcessEnv, homeFolder: () => string): string | undefined {
  try {
    const folder = env.XDG_CACHE_HOME || path.join(homeFolder(), '.cache');
    return path.isAbsolute(folder) ? folder : undefined;
  } catch {
    return undefined; // A cache less.
  }
}

/** Where the code that V8 has compiled of our own modules is kept, by this Node. */
export function codeCacheFile(env: NodeJS.ProcessEnv, homeFolder: () => string): string | undefined {
  const caches = userCaches(env, homeFolder);
  return caches && path.join(caches, 'startproject', `code-${process.version}-${process.arch}`);
}
