import path from 'node:path';
import { ImproperlyConfigured } from '../errors.ts';
import type { SourceFiles } from './source-files.ts';
import { kindByExtension, type ModuleKind } from './transform.ts';

/** Tells the kind of a `.ts` or `.js` file by the `type` of the package.json above it, as Node does. */
export class PackageScopes {
  readonly #byFolder = new Map<string, ModuleKind | undefined>();
  readonly #files: SourceFiles;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  kindOf(file: string): ModuleKind | undefined {
    return kindByExtension(file) ?? this.#kindOfFolder(path.dirname(file));
  }

  #kindOfFolder(folder: string): ModuleKind | undefined {
    if (this.#byFolder.has(folder)) return this.#byFolder.get(folder);
    const parent = path.dirname(folder);
    const manifest = this.#read(path.join(folder, 'package.json'));
    let kind: ModuleKind | undefined;
    if (manifest === undefined) kind = parent === folder ? undefined : this.#kindOfFolder(parent);
    else if (manifest.type === 'module') kind = 'esm';
    else if (manifest.type === 'commonjs') kind = 'cjs';
    this.#byFolder.set(folder, kind);
    return kind;
  }

  #read(file: string): { type?: unknown } | undefined {
    const text = this.#files.readIfThere(file);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ImproperlyConfigured(`${file} is not valid JSON: ${(cause as Error).message}`, {
        cause,
        location: { file },
      });
    }
  }
}
