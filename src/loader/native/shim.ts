/**
 * The source of a module that Node's own loader runs instead of a site's file. It exports the values that our
 * graph has for that file, and finds the graph by the symbol of `installed-loader.ts`. The values are those at the end
 * of the evaluation; later changes are not visible.
 *
 * @param names The exported names. Without them the source is CommonJS, for `require()`.
 */
export function shimSource(file: string, names?: readonly string[]): string {
  const loader = `globalThis[Symbol.for('startproject.loader')]`;
  const quoted = JSON.stringify(file);
  if (names === undefined) return `module.exports = ${loader}.requireFile(${quoted});`;
  const lines = [`const site = await ${loader}.importFile(${quoted});`];
  for (const [index, name] of names.entries()) {
    const key = JSON.stringify(name);
    lines.push(`const e${index} = site[${key}]; export { e${index} as ${key} };`);
  }
  return lines.join(' ');
}
