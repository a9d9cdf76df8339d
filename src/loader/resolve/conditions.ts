import type { ResolveMode } from './resolution.ts';

/** The conditions that Node was started with: `--conditions NAME` or `-C NAME`, in its arguments or in NODE_OPTIONS. */
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

/** All conditions of an import, except `default`. */
export function conditionsFor(mode: ResolveMode, additional: readonly string[]): ReadonlySet<string> {
  // For files that can be required although they are ES modules.
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
