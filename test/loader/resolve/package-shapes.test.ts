import { describe } from 'vitest';
import type { Files } from '../../_temp-folder.ts';
import { compare } from '../_compare.ts';

/** Imports and requires each of these, and tells what came or the code of the error. */
function importing(specifiers: readonly string[]): string {
  return `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const attempt = async (load) => {
  try { const loaded = await load(); return loaded.default ?? loaded } catch (error) { return error.code }
};
export const result = [];
for (const specifier of ${JSON.stringify(specifiers)})
  result.push([specifier, await attempt(() => import(specifier)), await attempt(() => require(specifier))]);`;
}

const PACKAGE = {
  'node_modules/pkg/main.js': `module.exports = 'main';`,
  'node_modules/pkg/index.js': `module.exports = 'index';`,
  'node_modules/pkg/lib/a.js': `module.exports = 'a';`,
  'node_modules/pkg/with space.js': `module.exports = 'space';`,
  'node_modules/pkg/node_modules/inner/index.js': `module.exports = 'inner';`,
  'node_modules/other/index.js': `module.exports = 'other';`,
  'outside.js': `export default 'outside';`,
};

const SUBPATHS = ['pkg', 'pkg/main.js', 'pkg/lib/a.js', 'pkg/none.js'];
const UPWARDS = ['pkg/../other/index.js', 'pkg/lib/../main.js', 'pkg/./main.js', 'pkg/%2e%2e/main.js'];

function withExports(name: string, exports: unknown, more: readonly string[] = []): [string, Files] {
  const manifest = JSON.stringify({ name: 'pkg', main: './main.js', exports });
  const entry = importing([...SUBPATHS, ...more]);
  return [name, { ...PACKAGE, 'node_modules/pkg/package.json': manifest, 'entry.ts': entry }];
}

const EXPORTS = Object.fromEntries([
  withExports('null', null),
  withExports('an empty text', ''),
  withExports('an empty list', []),
  withExports('an empty map', {}),
  withExports('a folder', './lib'),
  withExports('the package itself', './'),
  withExports('a path out of the package', '../other/index.js'),
  withExports('a package', 'other'),
  withExports('a URL', 'file:///main.js'),
  withExports('the packages of the package', './node_modules/inner/index.js'),
  withExports('a path with a dot as segment', './lib/./a.js'),
  withExports('a path that goes up', './lib/../main.js'),
  withExports('a path that goes up, encoded', './lib/%2e%2e/main.js'),
  withExports('an encoded slash', './lib%2fa.js'),
  withExports('an encoded space', './with%20space.js'),
  withExports('a list that begins with an invalid target', ['other', 5, './main.js']),
  withExports('a list of invalid targets', ['other', '../x.js']),
  withExports('a list with null', [null, './main.js']),
  withExports('a list that begins with a missing file', ['./none.js', './main.js']),
  withExports('both subpaths and conditions', { '.': './main.js', import: './main.js' }),
  withExports('a number as target', { '.': 5 }),
  withExports('false as target', { '.': false }),
  withExports('false under a condition', { default: false }),
  withExports('null under a condition', { node: { import: null }, default: './main.js' }),
  withExports('no active condition', { node: {}, default: './main.js' }),
  withExports('a number as condition', { '.': { 1: './main.js', default: './index.js' } }),
  withExports('a pattern', { './*': './*' }, [
    ...UPWARDS,
    'pkg/',
    'pkg/lib',
    'pkg/node_modules/inner/index.js',
  ]),
  withExports('a pattern with false', { './*': false }),
  withExports('a pattern without some names', { './*': './*', './lib/*': null }),
  withExports('a pattern with two stars', { './*/*': './lib/*' }),
  withExports('a folder with a slash', { './lib/': './lib/' }),
  withExports('names without a pattern', { '.': './main.js' }, UPWARDS),
]);

const IMPORTS = {
  '#file': './outside.js',
  '#false': false,
  '#null': null,
  '#number': 5,
  '#none': {},
  '#list': ['../x.js', './outside.js'],
  '#up': '../x.js',
  '#absolute': '/x.js',
  '#package': 'other',
  '#builtin': 'node:path',
  '#url': 'https://example.org/x.js',
  '#data': 'data:text/javascript,0',
  '#other': '#file',
  '#circle': '#circle',
  '#in/*': './*',
  '#': './outside.js',
  '#folder/': './',
};
const NAMES = [
  ...Object.keys(IMPORTS),
  '#in/outside.js',
  '#in/../outside.js',
  '#in/./outside.js',
  '#missing',
];

const OTHERS: Record<string, Files> = {
  'imports of package.json': {
    ...PACKAGE,
    'package.json': JSON.stringify({ type: 'module', imports: IMPORTS }),
    'entry.ts': importing(NAMES.filter((name) => !name.includes('*'))),
  },
  'a package of the same name as the site, which exports null': {
    ...PACKAGE,
    'package.json': '{ "type": "module", "name": "other", "exports": null }',
    'entry.ts': importing(['other']),
  },
  'names that are not valid package names': {
    'entry.ts': importing(['@', '@scope', '.name', '%70', 'a%71', 'a\\b', 'fs/none', 'node:none', 'none']),
  },
  'a query, which only the URL of a file has': {
    ...PACKAGE,
    'node_modules/pkg/package.json': '{ "main": "main.js" }',
    'node_modules/exported/package.json': '{ "exports": { "./a": "./a.js", "./in/*": "./*" } }',
    'node_modules/exported/a.js': `module.exports = 'a';`,
    'package.json': '{ "type": "module", "imports": { "#a": "./outside.js", "#in/*": "./*" } }',
    'entry.ts': importing(
      [
        'pkg',
        'pkg/lib/a.js',
        'gone',
        '@scope/gone',
        'exported/a',
        'exported/in/a.js',
        '#a',
        '#in/outside.js',
      ].flatMap((name) => [`${name}?v=1`, `${name}#v`]),
    ).replace(', await attempt(() => require(specifier))', ''),
  },
  'a slash behind the name of a file': {
    ...PACKAGE,
    'package.json': '{ "type": "module", "imports": { "#in/*": "./*" } }',
    'node_modules/exported/package.json': '{ "exports": { "./in/*": "./*" } }',
    'node_modules/exported/a.js': `module.exports = 'a';`,
    'entry.ts': importing([
      './outside.js/',
      './outside.js//',
      './outside.js/.',
      './gone/',
      'pkg/main.js/',
      'pkg/gone/',
      'exported/in/a.js/',
    ]),
  },
  'a slash and a query behind the name of a file': {
    ...PACKAGE,
    'entry.ts': importing(['./outside.js/?v=1', './outside.js/#v', 'pkg/main.js/?v=1']),
  },
  'subpaths of a package without exports': {
    ...PACKAGE,
    'entry.ts': importing([...UPWARDS.slice(0, 3), 'pkg/with%20space.js', 'pkg/lib%2fa.js']).replace(
      ', await attempt(() => require(specifier))',
      '',
    ),
  },
};

describe('exports of a package.json', () => compare(EXPORTS));
describe('other names of packages', () => compare(OTHERS));
