import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersFrom } from '../../files/folders-above.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import type { SourceFiles } from './source-files.ts';

const MODULES = `${path.sep}node_modules${path.sep}`;

/** The files in node_modules that package managers write at the end of an installation: npm, pnpm, Yarn 1, Yarn. */
const RECORDS = ['.package-lock.json', path.join('.pnpm', 'lock.yaml'), '.yarn-integrity', '.yarn-state.yml'];

/** Whether a path is in a node_modules folder, or is such a folder. */
export function isInstalled(file: string): boolean {
  return file.includes(MODULES) || file.endsWith(MODULES.slice(0, -1));
}

/**
 * Returns the files that change when an installed package or one of its dependencies changes. They are watched in the
 * place of the whole node_modules folder.
 *
 * @param file The real path of a file of the package.
 */
export function installationFiles(file: string): string[] {
  const start = file.lastIndexOf(MODULES) + MODULES.length;
  const [scope, name] = file.slice(start).split(path.sep, 2);
  const folder = path.join(file.slice(0, start), scope!.startsWith('@') ? path.join(scope!, name!) : scope!);
  const modules = file.slice(0, file.indexOf(MODULES) + MODULES.length);
  return [path.join(folder, 'package.json'), ...RECORDS.map((record) => path.join(modules, record))];
}

/** Returns the package managers' files above an importer. They change when a missing package is installed. */
function recordsAbove(importer: string): string[] {
  const files: string[] = [];
  for (const folder of foldersFrom(path.dirname(importer))) {
    const isLikely = ['package.json', 'node_modules'].some((name) => statIfThere(path.join(folder, name)));
    if (isLikely) files.push(...RECORDS.map((record) => path.join(folder, 'node_modules', record)));
  }
  return files;
}

/** Records the installed versions of the site's packages in the source files, so that an update can be detected. */
export class InstalledPackages {
  readonly #files: SourceFiles;
  readonly #known = new Set<string>();

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  /** Must be called before the package is loaded. */
  note(url: string): void {
    if (this.#known.has(url)) return;
    this.#known.add(url);
    if (!url.startsWith('file:')) return;
    const file = fileURLToPath(url);
    if (isInstalled(file)) this.#read(installationFiles(file));
  }

  /** Called for a package that was not found. It may be installed later. */
  noteMissing(specifier: string, importer: string): void {
    if (!/^(?:[./#]|file:)/.test(specifier)) this.#read(recordsAbove(importer));
  }

  #read(files: readonly string[]): void {
    for (const file of files) if (!this.#files.states.has(file)) this.#files.readIfThere(file);
  }
}
