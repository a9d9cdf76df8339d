import type { Resolution } from '../resolve/resolution.ts';
import type { Resolver } from '../resolve/resolver.ts';
import type { CompiledModules } from './compiled-modules.ts';

/**
 * Transforms all direct and indirect imports of a file, several files at the same time in other threads. At a site's
 * first start, the transform takes most of the time.
 *
 * @returns when all files are transformed. An error in a file is reported later, by its import.
 */
export async function transformAhead(
  entry: Resolution,
  modules: CompiledModules,
  resolver: Resolver,
): Promise<void> {
  const seen = new Set<string>();
  const visit = async (target: Resolution): Promise<void> => {
    if (target.kind !== 'site' || seen.has(target.file) || target.file.endsWith('.json')) return;
    const { file } = target;
    seen.add(file);
    if (modules.has(file)) return;
    try {
      const { imports } = await modules.transformAhead(file);
      await Promise.all(imports.map(({ specifier }) => visit(resolver.resolve(specifier, file, 'import'))));
    } catch {
      // The import reports the error.
    }
  };
  await visit(entry);
}
