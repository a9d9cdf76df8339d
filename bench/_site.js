/** Sites of many modules, 30 lines each: an entry and a tree of imports below it, and one leaf that all import. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How many modules a module imports: a wide tree, or a deep one. */
export const SHAPES = { wide: 8, deep: 2 };

const nameOf = (k) => (k === 0 ? 'app' : `m/m${k}`);
const childrenOf = (k, n, fan) => Array.from({ length: fan }, (_, i) => k * fan + i + 1).filter((c) => c < n);

/** The number of the leftmost leaf, whose change goes all the way up. */
export function leafOf(n, fan) {
  let k = 0;
  while (k * fan + 1 < n) k = k * fan + 1;
  return k;
}

/**
 * The text of module number `k` of `n`. `tag` is what it contributes to the page, `imports` further lines on top.
 */
export function moduleText(k, n, { fan, tag = 'v0', imports = '' }) {
  const children = childrenOf(k, n, fan);
  const prefix = k === 0 ? './m/' : './';
  const lines = children.map(
    (c) => `import { total as total${c}, leaf as leaf${c} } from '${prefix}m${c}.ts';`,
  );
  if (n > 2) lines.push(`import { shared } from '${k === 0 ? './' : '../'}shared.ts';`);
  else lines.push("const shared = (): string => '';");
  return `${imports}${lines.join('\n')}
export interface Row${k} { id: number; name: string; tags?: readonly string[] }
type Keyed<T extends { id: number }> = Map<T['id'], T>;
const TAG: string = '${tag}';
const rows: Row${k}[] = [
  { id: ${k}, name: 'alpha', tags: ['a', 'b'] },
  { id: ${k + 1}, name: 'beta' },
];
export function index${k}(input: readonly Row${k}[] = rows): Keyed<Row${k}> {
  const out: Keyed<Row${k}> = new Map();
  for (const row of input) out.set(row.id, row);
  return out;
}
export class Repo${k} {
  private readonly cache: Keyed<Row${k}> = index${k}();
  public find(id: number): Row${k} | undefined {
    return this.cache.get(id);
  }
  async load<T extends Row${k}>(id: number, map: (row: Row${k}) => T): Promise<T | null> {
    const row = this.find(id);
    return row ? map(row) : null;
  }
}
export const label = (row: Row${k}): string => \`\${row.id}:\${row.name}:\${(row.tags ?? []).join(',')}\`;
export function total(): number {
  return rows.length${children.map((c) => ` + total${c}()`).join('')};
}
export function leaf(): string {
  return ${children.length > 0 ? `leaf${children[0]}()` : 'TAG'};
}
export function render(): string {
  return TAG + '|' + leaf() + '|' + shared() + '|' + total();
}
`;
}

const sharedText = (tag) => `export const shared = (): string => '${tag}';\n`;

/** Writes a site of `n` modules. */
export function writeSite(folder, n, options) {
  mkdirSync(path.join(folder, 'm'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "site", "private": true, "type": "module" }\n');
  writeFileSync(path.join(folder, 'shared.ts'), sharedText('v0'));
  for (let k = 0; k < n; k++) writeFileSync(path.join(folder, `${nameOf(k)}.ts`), moduleText(k, n, options));
}

/** What can be edited: each writes its file with a new tag, at once. */
export function editors(folder, n, options) {
  const write = (k) => (tag) =>
    writeFileSync(path.join(folder, `${nameOf(k)}.ts`), moduleText(k, n, { ...options, tag }));
  const all = {
    entry: (tag) => writeFileSync(path.join(folder, 'app.ts'), moduleText(0, n, { ...options, tag })),
  };
  if (n > 2) {
    all.leaf = write(leafOf(n, options.fan));
    all.shared = (tag) => writeFileSync(path.join(folder, 'shared.ts'), sharedText(tag));
  }
  return all;
}
