import { existsSync } from 'node:fs';
import path from 'node:path';
import { ExtraPaths } from '../dev/changes/extra-paths.ts';
import type { Project } from './find-project.ts';

/**
 * The paths that reload a site besides its modules: the `--watch` paths, relative to the working directory, and the
 * `templates` folders of the project root and of the settings' package.
 */
export async function extraPaths(
  { root, settings }: Project,
  { watch = [], ignore = [] }: { readonly watch?: readonly string[]; readonly ignore?: readonly string[] },
  onNotice: (text: string) => void,
): Promise<ExtraPaths> {
  const named = watch.map((word) => {
    const file = path.resolve(word);
    if (!existsSync(file)) onNotice(`--watch: ${file} does not exist yet. The site reloads when it appears.`);
    return file;
  });
  const templates = [root, path.join(root, settings.split('.')[0]!)].map((folder) =>
    path.join(folder, 'templates'),
  );
  const paths = [...named, ...templates];
  if (ignore.length === 0) return new ExtraPaths({ root, paths });
  const { ignoreGlobs } = await import('../dev/changes/ignore-globs.ts'); // Imported on demand, since it takes a while to load.
  return new ExtraPaths({ root, paths, isIgnored: ignoreGlobs(ignore, root, ...named) });
}
