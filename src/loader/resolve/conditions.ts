import type { ResolveMode } from './resolution.ts';

/** The conditions that Node was started with: `--conditions NAME`, `-C NAME`, there or in NODE_OPTIONS. */
export function nodeConditions(execArgv: readonly string[], nodeOptions = ''): string[] {
  const words = [...splitOptions(nodeOptions), ...execArgv];
  const found: string[] = [];
  for (const [index, word] of words.entries()) {
    const [, option, value] = /^(-C|--conditions)(?:=(.*))?$/s.exec(word) ?? [];
    const name = option === undefined ? undefined : (value ?? words[index + 1]);
    if (name) found.push(name);
  }
  return [...new Set(found)];
}

/** All conditions that hold for an import, beside `default`. */
export function conditionsFor(mode: ResolveMode, additional: readonly string[]): ReadonlySet<string> {
  // A file that may be required though it is an ES module.
  const sync = (process.features as { require_module?: boolean }).require_module ? ['module-sync'] : [];
  return new Set(['node', mode, ...sync, 'node-addons', ...additional]);
}

/** Words of NODE_OPTIONS: spaces separate them, double quotes keep them together, a backslash in quotes keeps a character. */
function splitOptions(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/gs) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"/gs, (_all, inside: string) => inside.replace(/\\(.)/gs, '$1')),
  );
}
