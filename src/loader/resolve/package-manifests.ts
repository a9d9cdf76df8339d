import path from 'node:path';
import { ImproperlyConfigured } from '../../errors.ts';
import { foldersFrom } from '../../files/folders-above.ts';
import { type SourceFiles, SPECIAL, stateOf } from '../sources/source-files.ts';

/** The members of a package.json that the loader reads. Their types are not checked. */
export interface PackageManifest {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
}

/** Reads package.json files, each only once. */
export class PackageManifests {
  readonly #byFolder = new Map<string, PackageManifest | undefined>();
  readonly #files: SourceFiles;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  /** The package.json in a folder, if there is one. @throws {ImproperlyConfigured} when it is not JSON, or not a file. */
  in(folder: string): PackageManifest | undefined {
    if (!this.#byFolder.has(folder))
      this.#byFolder.set(folder, this.#read(path.join(folder, 'package.json')));
    return this.#byFolder.get(folder);
  }

  /** The package of a folder: the nearest folder above with a package.json. */
  packageOf(folder: string): { readonly folder: string; readonly manifest: PackageManifest } | undefined {
    for (const current of foldersFrom(folder)) {
      const manifest = this.in(current);
      if (manifest !== undefined) return { folder: current, manifest };
    }
    return undefined;
  }

  /** Clears the cache, so that the next use reads the files again. */
  forget(): void {
    this.#byFolder.clear();
  }

  #read(file: string): PackageManifest | undefined {
    const text = this.#files.readIfThere(file);
    if (text === undefined) {
      this.#checkNotSpecial(file);
      return undefined;
    }
    try {
      return JSON.parse(text) ?? {};
    } catch (cause) {
      const error = new ImproperlyConfigured(`${file} is not valid JSON: ${(cause as Error).message}`, {
        cause,
        location: { file },
      });
      throw Object.assign(error, { code: 'ERR_INVALID_PACKAGE_CONFIG' });
    }
  }

  /** Node itself reads the package.json above each module later, and would wait at a pipe without end. */
  #checkNotSpecial(file: string): void {
    const target = this.#files.follow(file);
    if (stateOf(target) !== SPECIAL) return;
    throw new ImproperlyConfigured(`${file} is not a regular file, but a pipe, a device or a socket.`, {
      hint: 'Replace it by a file, or remove it.',
      location: { file },
    });
  }
}
