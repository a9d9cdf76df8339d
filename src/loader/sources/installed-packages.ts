import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersFrom } from '../../files/folders-above.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import type { SourceFiles } from './source-files.ts';

const MODULES = `${path.sep}node_modules${path.sep}`;

/** What package managers write into node_modules when they are done: npm, pnpm, Yarn 1, Yarn. */
const RECORDS = ['.package-lock.json', path.join('.pnpm', 'lock.yaml'), '.yarn-integrity', '.yarn-state.yml'];

/** Whether a path is a package's file, or the folder of packages itself, which a package manager put there. */
export function isInstalled(file: string): boolean {
  return file.includes(MODULES) || file.endsWith(MODULES.slice(0, -1));
}

/**
 * The files that change when an installed package does, or one of those that it needs. So nobody has to watch all that
 * is in node_modules.
 *
 * @param file Real path of a file of the package.
 */
export function installationFiles(file: string): string[] {
  const start = file.lastIndexOf(MODULES) + MODULES.length;
  const [scope, name] = file.slice(start).split(path.sep, 2);
  const folder = path.join(file.slice(0, start), scope!.startsWith('@') ? path.join(scope!, name!) : scope!);
  const modules = file.slice(0, file.indexOf(MODULES) + MODULES.length);
  return [path.join(folder, 'package.json'), ...RECORDS.map((record) => path.join(modules, record))];
}

/** The records of the package managers that would install what an import misses. */
function recordsAbove(importer: string): string[] {
  const files: string[] = [];
  for (const folder of foldersFrom(path.dirname(importer))) {
    const isLikely = ['package.json', 'node_modules'].some((name) => statIfThere(path.join(folder, name)));
    if (isLikely) files.push(...RECORDS.map((record) => path.join(folder, 'node_modules', record)));
  }
  return files;
}

/** Has the source files remember in what version the site's packages are installed. */
export class InstalledPackages {
  readonly #files: SourceFiles;
  readonly #known = new Set<string>();

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  /** To be called before the package is loaded. */
  note(url: string): void {
    if (this.#known.has(url)) return;
    this.#known.add(url);
    if (!url.startsWith('file:')) return;
    const file = fileURLToPath(url);
    if (isInstalled(file)) this.#read(installationFiles(file));
  }

  /** A package was looked for in vain: it may be installed any moment. */
  noteMissing(specifier: string, importer: string): void {
    if (!/^(?:[./#]|file:)/.test(specifier)) this.#read(recordsAbove(importer));
  }

  #read(files: readonly string[]): void {
    for (const file of files) if (!this.#files.states.has(file)) this.#files.readIfThere(file);
  }
}
