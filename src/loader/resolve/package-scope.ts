import path from 'node:path';
import { kindByExtension } from '../transform/transform.ts';
import type { ModuleKind } from '../transform/transform-input.ts';
import type { PackageManifests } from './package-manifests.ts';

/** The kind of a `.ts` or `.js` file, by the `type` of the package.json above it, as in Node. */
export class PackageScopes {
  readonly #manifests: PackageManifests;

  constructor(manifests: PackageManifests) {
    this.#manifests = manifests;
  }

  kindOf(file: string): ModuleKind | undefined {
    return kindByExtension(file) ?? this.#kindOfFolder(path.dirname(file));
  }

  #kindOfFolder(folder: string): ModuleKind | undefined {
    const type = this.#manifests.packageOf(folder)?.manifest.type;
    if (type === 'module') return 'esm';
    return type === 'commonjs' ? 'cjs' : undefined;
  }
}
