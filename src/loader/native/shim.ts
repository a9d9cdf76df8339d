/**
 * A module for Node's own loader that exports what our graph has loaded from a file. It reaches the graph by the symbol of
 * `installed.ts`. Values are those at the end of the evaluation: bindings that change later do not.
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
