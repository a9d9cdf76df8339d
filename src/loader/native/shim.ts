/**
 * The source of a module for Node's own loader that exports the values of a file that our graph has loaded. It reaches the graph
 * by the symbol of `installed-loader.ts`. The values are those at the end of the evaluation; later changes are not visible.
 *
 * @param names Without them it is CommonJS, for `require()`.
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
