import type { OxcError } from 'oxc-transform';
import { assignedNames } from './scoped-imports.ts';

type Oxc = Pick<typeof import('oxc-transform'), 'transformSync' | 'moduleRunnerTransformSync'>;

/** The code of one block of a namespace, in the form that the transform writes. */
interface Block {
  /** `A.B` for namespace B in A. */
  readonly path: string;
  /** The first and the last line. */
  readonly start: number;
  readonly end: number;
  readonly indent: string;
  /** The name of the namespace's object inside the block. */
  readonly parameter: string;
  /** The names that it exports. */
  readonly names: ReadonlySet<string>;
}

const START = /^(\t*)\(function\((_[\w$]+)\) \{$/;
const TARGET = /^\t*\}\)\(([\w$]+) \|\| /;
const VARIABLE_WARNING = 'Namespaces exporting non-const';

/**
 * Exported variables of a namespace that may change. The transform exports only their first value, and warns of each.
 */
export function exportedVariables(source: string, warnings: readonly OxcError[]): string[] {
  if (warnings.length === 0) return [];
  const bytes = Buffer.from(source);
  return warnings.flatMap(({ message, labels: [label] }) => {
    if (label === undefined || !message.startsWith(VARIABLE_WARNING)) return [];
    const declaration = bytes.subarray(label.start, label.end).toString();
    const [pattern] = declaration.split(/=(?![=>])/, 1);
    return pattern!.match(/[\w$]+/g) ?? [];
  });
}

/** Whether a source may have a namespace in several blocks. */
export function mayMergeNamespaces(source: string): boolean {
  const names = [...source.matchAll(/\b(?:namespace|module)\s+([\w$]+)/g)].map(([, name]) => name);
  return new Set(names).size < names.length;
}

/**
 * Adds two features of namespaces that the transform lacks: a block can use exports of other blocks of the same
 * namespace, and exported variables can change. Line numbers stay the same.
 *
 * @param code The output of the transform for TypeScript.
 */
export function completeNamespaces(code: string, oxc: Oxc, variables: readonly string[]): string {
  const lines = code.split('\n');
  const blocks = findBlocks(lines, 0, lines.length, '');
  for (const block of blocks) exportVariables(block, lines, variables);
  // Inner blocks come first, so that the text of an outer block includes their changes.
  for (const block of blocks.reverse()) {
    const same = blocks.filter((other) => other.path === block.path);
    const names = new Set(same.flatMap((other) => [...other.names]));
    const foreign = [...names].filter((name) => !block.names.has(name));
    if (foreign.length > 0) qualify(block, lines, foreign, oxc);
  }
  return lines.join('\n');
}

function findBlocks(lines: readonly string[], from: number, to: number, outer: string): Block[] {
  const blocks: Block[] = [];
  for (let start = from; start < to; start++) {
    const [, indent, parameter] = START.exec(lines[start]!) ?? [];
    if (indent === undefined || parameter === undefined) continue;
    const length = lines.slice(start, to).findIndex((line) => line.startsWith(`${indent}})`));
    let end = start + length;
    // The transform prints a comment at the end of a block among the arguments of the call, so the call takes several
    // lines.
    const isLong = length > 0 && lines[end]!.endsWith('})(');
    const call = isLong ? `${lines[end]}${lines[end + 1]?.trim()}` : lines[end]!;
    const [, target] = (length > 0 && TARGET.exec(call)) || [];
    if (isLong) end = lines.findIndex((line, at) => at > end && line.startsWith(`${indent})`));
    if (target === undefined) continue;
    const path = `${outer}${target}`;
    const exported = new RegExp(`(?<![\\w$.])${escaped(parameter)}\\.([\\w$]+) = `, 'g');
    const text = lines.slice(start + 1, end).join('\n');
    const names = new Set([...text.matchAll(exported)].map(([, name]) => name!));
    blocks.push({ path, start, end, indent, parameter, names });
    blocks.push(...findBlocks(lines, start + 1, end, `${path}.`));
    start = end;
  }
  return blocks;
}

/** Turns the properties of exported variables into accessors that read and write the variables. */
function exportVariables(block: Block, lines: string[], variables: readonly string[]): void {
  const { start, end, indent, parameter } = block;
  for (const name of variables) {
    const word = escaped(name);
    const declaration = new RegExp(
      String.raw`^${indent}\t(?:let|var) (?:(?:.*, )?${word} = ${escaped(parameter)}\.${word} = |(?:[^[{(]*, )?${word}[,;]|[[{](?:.*[\s[{,])?${word}(?![\w$]))`,
    );
    const line = lines.findIndex((text, at) => at > start && at < end && declaration.test(text));
    if (line < 0) continue;
    lines[line] = lines[line]!.replace(`${name} = ${parameter}.${name} = `, () => `${name} = `);
    lines[start] +=
      `Object.defineProperty(${parameter},"${name}",{get(){return ${name}},set(value){${name}=value},enumerable:true,configurable:true});`;
    (block.names as Set<string>).add(name);
  }
}

/** Adds the namespace before names that another block of the namespace exports. */
function qualify(block: Block, lines: string[], names: readonly string[], oxc: Oxc): void {
  const { start, end, parameter } = block;
  const text = lines.slice(start, end + 1).join('\n');
  const used = names.filter((name) => text.includes(name));
  if (used.length === 0) return;
  const rewrite = (block: string) =>
    oxc.moduleRunnerTransformSync('namespace.mjs', `import { ${used.join(', ')} } from "";\n${block}`);
  let { code } = rewrite(text);
  const assigned = [...assignedNames(used, code, oxc.transformSync)];
  if (assigned.length > 0) {
    const isValid = (marked: string) => rewrite(marked).errors.length === 0;
    code = rewrite(markAssignments(text, assigned, isValid)).code;
  }
  const rewritten = code
    .slice(code.indexOf('(function('))
    .trimEnd()
    .replaceAll(MARK, '')
    .replace(/\(0, (__vite_ssr_import_0__\.[\w$]+)\)/g, '$1')
    .replaceAll('__vite_ssr_import_0__.', `${parameter}.`)
    .split('\n');
  lines.splice(start, end + 1 - start, ...rewritten);
}

/**
 * Turns an assigned name into a member expression, so that it is rewritten in the same way as other uses of the name.
 */
const MARK = '.__startproject_assigned__';

/**
 * Marks uses of names that may be assignments. A mark in a string or at another use does no harm: all marks are removed
 * at the end.
 *
 * @param isValid Whether a text can be parsed. It cannot when a declaration or the name of a property is marked.
 */
function markAssignments(text: string, names: readonly string[], isValid: (text: string) => boolean): string {
  const name = `(?:${names.map(escaped).join('|')})(?![\\w$])`;
  const use = new RegExp(
    `(?<![\\w$.#])${name}(?= [^(:]|[,\\])}]|\\+\\+|--)|(?<=\\+\\+|--|\\.{3})${name}`,
    'g',
  );
  return [...text.matchAll(use)].reduceRight((whole, { 0: found, index }) => {
    // The second form is for the shorthand `{ b }` in a destructuring pattern.
    const forms = [`${found}${MARK}`, `${found}: ${found}${MARK}`];
    const replaced = forms.map((form) => text.slice(0, index) + form + text.slice(index + found.length));
    const valid = replaced.findIndex(isValid);
    return valid < 0 ? whole : whole.slice(0, index) + forms[valid] + whole.slice(index + found.length);
  }, text);
}

function escaped(name: string): string {
  return name.replaceAll('$', '\\$');
}
