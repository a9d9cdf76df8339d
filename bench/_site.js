/** Sites of many modules, 30 lines each: an entry and a tree of imports below it, and one leaf that all import. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a site of these modules needs to be served by runserver. */
export const RUNSERVER_SITE = {
  'package.json':
    '{ "name": "site", "private": true, "type": "module", "startproject": { "settings": "settings" } }',
  'settings.ts': "export const DEBUG = true;\nexport const WSGI_APPLICATION = 'wsgi.application';\n",
  'wsgi.ts': `import { render } from './app.ts';
export const application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(render())];
};
`,
};

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

/** What a module imports from packages so that they are loaded, by the packages' names. */
export const PACKAGE_IMPORTS = {
  express: "import express from 'express';\nexpress();\n",
  zod: "import { z } from 'zod';\nz.string();\n",
  pg: "import pg from 'pg';\nvoid pg.Pool;\n",
};

/** The text of module number `k` of `n`. `tag` is what it contributes to the page; the entry loads the packages. */
export function moduleText(k, n, { fan, tag = 'v0', packages = [] }) {
  const imports = k === 0 ? packages.map((name) => PACKAGE_IMPORTS[name]).join('') : '';
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

/** The same module for Python. */
export function pythonModuleText(k, n, { fan, tag = 'v0' }) {
  const children = childrenOf(k, n, fan);
  const from = k === 0 ? 'm.' : '';
  return `${children.map((c) => `from .${from}m${c} import total as total${c}, leaf as leaf${c}`).join('\n')}
from .${k === 0 ? '' : '.'}shared import shared
from dataclasses import dataclass

TAG = '${tag}'


class Repo${k}:
    def __init__(self):
        self.cache = {row['id']: row for row in ROWS}

    def find(self, id):
        return self.cache.get(id)

    async def load(self, id, map):
        row = self.find(id)
        return map(row) if row else None


ROWS = [{'id': ${k}, 'name': 'alpha', 'tags': ['a', 'b']}, {'id': ${k + 1}, 'name': 'beta'}]


def label(row):
    return f"{row['id']}:{row['name']}:{','.join(row.get('tags', []))}"


def total():
    return len(ROWS)${children.map((c) => ` + total${c}()`).join('')}


def leaf():
    return ${children.length > 0 ? `leaf${children[0]}()` : 'TAG'}


def render():
    return '|'.join([TAG, leaf(), shared(), str(total())])
`;
}

const sharedText = (tag) => `export const shared = (): string => '${tag}';\n`;

const LANGUAGES = {
  ts: { moduleText, sharedText },
  py: { moduleText: pythonModuleText, sharedText: (tag) => `def shared():\n    return '${tag}'\n` },
};

/** Writes a site of `n` modules. */
export function writeSite(folder, n, options, language = 'ts') {
  const text = LANGUAGES[language];
  mkdirSync(path.join(folder, 'm'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "site", "private": true, "type": "module" }\n');
  writeFileSync(path.join(folder, `shared.${language}`), text.sharedText('v0'));
  for (let k = 0; k < n; k++)
    writeFileSync(path.join(folder, `${nameOf(k)}.${language}`), text.moduleText(k, n, options));
}

/** What can be edited: each writes its file with a new tag, at once. */
export function editors(folder, n, options, language = 'ts') {
  const text = LANGUAGES[language];
  const write = (k) => (tag) =>
    writeFileSync(path.join(folder, `${nameOf(k)}.${language}`), text.moduleText(k, n, { ...options, tag }));
  if (n <= 2) return { entry: write(0) };
  return {
    entry: write(0),
    leaf: write(leafOf(n, options.fan)),
    shared: (tag) => writeFileSync(path.join(folder, `shared.${language}`), text.sharedText(tag)),
  };
}
