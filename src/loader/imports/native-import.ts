/**
 * Node's own `import()`. It is in a file that Node loads itself, since code from V8's code cache cannot call
 * `import()`.
 *
 * @param specifier A URL or the name of a builtin.
 */
export function nativeImport<Namespace = Readonly<Record<string, unknown>>>(
  specifier: string,
): Promise<Namespace> {
  const isJson = /^data:application\/json\b/i.test(specifier);
  return import(specifier, isJson ? { with: { type: 'json' } } : undefined);
}
