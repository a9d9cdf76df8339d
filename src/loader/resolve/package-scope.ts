import path from 'node:path';
import { kindByExtension } from '../transform/transform.ts';
import type { ModuleKind } from '../transform/transform-input.ts';
import type { PackageManifests } from './package-manifests.ts';

/** Finds the kind of a `.ts` or `.js` file: as in Node, by `type` in the nearest package.json above it. */
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
