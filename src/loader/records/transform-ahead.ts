import type { Resolution } from '../resolve/resolution.ts';
import type { Resolver } from '../resolve/resolver.ts';
import type { CompiledModules } from './compiled-modules.ts';

/**
 * Transforms all that a file imports and what that imports, several files at a time, each in another thread. Most of a
 * site's first start is the transform: what follows finds it done.
 *
 * @returns when nothing more is to be found. What is wrong with a file is said by who imports it.
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
      // Importing it will say what is wrong.
    }
  };
  await visit(entry);
}
