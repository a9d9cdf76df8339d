import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * How a site depends on this very package: `file:` and a path, since the name belongs to a stranger's package
 * in the registry. The tarball that this one was installed from outlives the folder that npm unpacked it to.
 */
export function dependencyOn(packageRoot: string): string {
  const root = realpathSync(packageRoot);
  return `file:${(tarballOf(root) ?? root).replaceAll(sep, '/')}`;
}

function tarballOf(root: string): string | undefined {
  const packages = dirname(root);
  if (basename(packages) !== 'node_modules') return undefined;
  const source = installedFrom(packages, basename(root));
  const [, path] = /^file:(.+\.(?:tgz|tar\.gz))$/.exec(source) ?? [];
  const tarball = path && resolve(dirname(packages), path);
  return tarball && existsSync(tarball) ? tarball : undefined;
}

function installedFrom(packages: string, name: string): string {
  try {
    const lock = JSON.parse(readFileSync(join(packages, '.package-lock.json'), 'utf8'));
    return lock.packages[`node_modules/${name}`].resolved;
  } catch {
    // Not put there by npm, or not on its own account: the folder will do.
    return '';
  }
}
