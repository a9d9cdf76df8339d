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

/** All conditions for the exports of a package, except `default`. */
export function conditionsFor(mode: ResolveMode, additional: readonly string[]): ReadonlySet<string> {
  // `module-sync` is for ES modules that can be required.
  const sync = (process.features as { require_module?: boolean }).require_module ? ['module-sync'] : [];
  return new Set(['node', mode, ...sync, 'node-addons', ...additional]);
}

/**
 * Splits NODE_OPTIONS into words. Spaces separate words. Double quotes keep spaces, and inside them a backslash keeps
 * the next character.
 */
function splitOptions(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/gs) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"/gs, (_all, inside: string) => inside.replace(/\\(.)/gs, '$1')),
  );
}
