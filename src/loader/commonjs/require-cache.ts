import type { ModuleRecord } from '../records/module-record.ts';

/**
 * Node's `require.cache`, with the site's modules added. A module that is deleted from it runs again when it is
 * required.
 */
export function requireCache(
  records: Map<string, ModuleRecord>,
  native: NodeJS.Dict<NodeJS.Module>,
): NodeJS.Dict<NodeJS.Module> {
  const moduleOf = (file: string | symbol) => {
    const record = records.get(String(file));
    return record?.state === 'linked' ? undefined : record?.commonjs;
  };
  return new Proxy(native, {
    get: (target, file) => moduleOf(file) ?? Reflect.get(target, file),
    has: (target, file) => moduleOf(file) !== undefined || Reflect.has(target, file),
    ownKeys: (target) => [...new Set([...[...records.keys()].filter(moduleOf), ...Reflect.ownKeys(target)])],
    deleteProperty: (target, file) =>
      (moduleOf(file) !== undefined && records.delete(String(file))) || Reflect.deleteProperty(target, file),
    getOwnPropertyDescriptor(target, file) {
      const value = moduleOf(file);
      if (value === undefined) return Reflect.getOwnPropertyDescriptor(target, file);
      return { value, writable: true, enumerable: true, configurable: true };
    },
  });
}
