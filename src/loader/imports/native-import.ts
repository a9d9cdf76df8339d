/**
 * Node's own `import()`, in a file that Node itself loads: in code that comes from V8's cache there is none.
 *
 * @param specifier A URL or the name of a builtin.
 */
export function nativeImport<Namespace = Readonly<Record<string, unknown>>>(
  specifier: string,
): Promise<Namespace> {
  return import(specifier);
}
