import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { foldersFrom } from '../files/folders-above.ts';
import { packageVersion } from '../files/package-root.ts';
import { isInside } from '../files/shown-path.ts';

const NAME = 'startproject';

/**
 * Matches protocols for a folder or a file. npm and Yarn write `file:`, pnpm and Yarn `link:`, Yarn `portal:`; bun
 * writes none.
 */
const LOCAL = /^(?<protocol>file:|link:|portal:|(?=\.{0,2}\/))(?<path>.+)$/;

/** Matches dependencies that are valid only within their workspace. */
const OF_A_WORKSPACE = /^(?:workspace|catalog|patch):/;

interface DependencySource {
  /** The folder of this package. */
  readonly packageRoot: string;
  /** The working folder of the command. */
  readonly cwd: string;
  /** The absolute path of the site's root. */
  readonly site: string;
}

/**
 * The value with which a site's package.json depends on this package. For a checkout, it is its folder. If a project
 * has installed this package, it is the value in that project's package.json, so that everybody who can install the
 * project can install the site too.
 */
export function dependencyOn({ packageRoot, cwd, site }: DependencySource): string {
  const root = realpathSync(packageRoot);
  if (!root.split(sep).includes('node_modules')) return fileDependency(root);
  const parent = findParent(root, cwd);
  if (parent !== undefined && !OF_A_WORKSPACE.test(parent.specification)) {
    return relocate(parent.specification, parent.folder, site);
  }
  const source = parent === undefined ? installedFrom(root) : undefined;
  if (source?.startsWith('file:')) return relocate(source, dirname(dirname(root)), site);
  const isFromRegistry = parent !== undefined || source !== undefined || isInArchive(root);
  return isFromRegistry ? `^${packageVersion(root)}` : fileDependency(root);
}

interface Parent {
  readonly folder: string;
  /** The value for this package in its package.json: `^1.2.0`, `file:../startproject.tgz`. */
  readonly specification: string;
}

/**
 * The project that this package is installed for, found from the working folder, otherwise from the folder of this
 * package.
 */
function findParent(root: string, cwd: string): Parent | undefined {
  for (const folder of foldersFrom(cwd)) {
    const specification = specificationIn(folder);
    if (specification !== undefined && resolvesTo(root, folder)) return { folder, specification };
  }
  for (const folder of foldersFrom(dirname(root))) {
    const specification = specificationIn(folder);
    if (specification !== undefined) return { folder, specification };
  }
  return undefined;
}

function specificationIn(folder: string): string | undefined {
  const manifest = readJson(join(folder, 'package.json'));
  for (const field of ['dependencies', 'devDependencies', 'optionalDependencies'])
    if (typeof manifest?.[field]?.[NAME] === 'string') return manifest[field][NAME];
  return undefined;
}

function resolvesTo(root: string, folder: string): boolean {
  try {
    const file = createRequire(join(folder, 'package.json')).resolve(`${NAME}/package.json`);
    return dirname(realpathSync(file)) === root;
  } catch {
    return false; // It is listed there, but not installed.
  }
}

/**
 * Makes a path relative to the site's package.json. Only a path within the project stays relative, since both are moved
 * together.
 */
function relocate(specification: string, from: string, site: string): string {
  const { protocol, path } = LOCAL.exec(specification)?.groups ?? {};
  if (path === undefined) return specification;
  const target = resolve(from, path);
  const isTogether = !isAbsolute(path) && isInside(site, from);
  return withSlashes((protocol || 'file:') + (isTogether ? relative(site, target) : target));
}

/** npm's record of a package that no package.json lists, such as a globally installed package. */
function installedFrom(root: string): string | undefined {
  const lock = readJson(join(dirname(root), '.package-lock.json'));
  const resolved = lock?.packages?.[`node_modules/${NAME}`]?.resolved;
  if (typeof resolved !== 'string') return undefined;
  const { path } = LOCAL.exec(resolved)?.groups ?? {};
  return path === undefined || existsSync(resolve(dirname(dirname(root)), path)) ? resolved : undefined;
}

/** Whether Yarn has the package in an archive. Other programs cannot read files in it. */
function isInArchive(root: string): boolean {
  return root.split(sep).some((segment) => segment.endsWith('.zip'));
}

function fileDependency(path: string): string {
  return withSlashes(`file:${path}`);
}

function withSlashes(path: string): string {
  return path.replaceAll(sep, '/');
}

// biome-ignore lint/suspicious/noExplicitAny: other programs write these files, and each value is checked where it is read
function readJson(file: string): any {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // The file does not exist or is malformed, so it contains no data.
  }
}
