import path from 'node:path';

/**
 * The folder of this user's caches; undefined for a user without a home, as in some containers.
 *
 * @param homeFolder `os.homedir`, which throws where there is none.
 */
export function userCaches(env: NodeJS.ProcessEnv, homeFolder: () => string): string | undefined {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  try {
    return path.join(homeFolder(), '.cache');
  } catch {
    return undefined; // A cache less.
  }
}
