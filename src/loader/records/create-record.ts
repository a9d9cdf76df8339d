import { type CommonjsFunction, CommonjsRecord } from '../commonjs/commonjs-record.ts';
import { builtinNamespace } from '../native/site-require.ts';
import type { Resolution } from '../resolve/resolution.ts';
import type { CompiledModules, CompilerParts } from './compiled-modules.ts';
import { EsmRecord } from './esm-record.ts';
import { ExternalRecord, OwnRecord } from './external-record.ts';
import type { GraphAccess } from './graph-access.ts';
import { JsonRecord } from './json-record.ts';
import type { ModuleRecord, Namespace } from './module-record.ts';

/** The objects that `createRecord()` takes modules from. */
export interface RecordSources extends Pick<CompilerParts, 'files' | 'beforeGlobalUse'> {
  readonly modules: CompiledModules;
  /** Builtins that the site's modules get instead of Node's own objects. */
  readonly builtins: ReadonlyMap<string, object>;
  /** Preloaded packages and builtins, by URL. */
  readonly packages: ReadonlyMap<string, Namespace>;
  readonly graph: GraphAccess;
}

/** The key of a module in the graph. */
export function idOf(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'external':
      return resolution.url;
    case 'own':
      return resolution.file;
    case 'site':
      return resolution.file + resolution.search;
  }
}

/**
 * Creates the record for a module that is not in the graph yet. @throws the errors of reading and compiling the module.
 */
export function createRecord(id: string, resolution: Resolution, sources: RecordSources): ModuleRecord {
  const builtin = sources.builtins.get(id);
  if (builtin !== undefined) return new ExternalRecord(id, builtinNamespace(builtin));
  if (resolution.kind === 'external') {
    if (!id.startsWith('node:')) sources.beforeGlobalUse?.();
    return new ExternalRecord(id, sources.packages.get(id));
  }
  const { file } = resolution;
  if (resolution.kind === 'own') return new OwnRecord(id);
  if (file.endsWith('.json')) return new JsonRecord(id, file, sources.files.read(file));
  const { module, run } = sources.modules.get(file);
  if (module.kind === 'esm') return new EsmRecord(id, file, module);
  return new CommonjsRecord(id, file, run as CommonjsFunction, sources.graph);
}
