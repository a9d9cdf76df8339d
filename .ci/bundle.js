import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

/**
 * How src becomes dist; types are tsc's work. Node 20 takes half a millisecond and more for every module that it loads,
 * and ours are over a hundred, so they are bundled. CommonJS, since a process that loads no ES module of anybody's
 * saves 15 ms at its start; ES modules import these by name all the same.
 */

/** The commands, what they start, and the modules that `exports` of package.json names. All share their chunks. */
const ENTRIES = [
  'cli/startproject',
  'cli/runserver',
  'cli/runwsgi',
  'cli/runfcgi',
  'worker/boot',
  'worker/descendants/descendant',
  'dev/child/main',
  'dev/single-process',
  'production/child/main',
  'worker/descendants/preload',
  'worker/descendants/test-globs',
  'handler/index',
  'handler/http/index',
  'handler/static/index',
  'handler/signals',
  'handler/urls/index',
  'conf/index',
  'servers/index',
  'production/config/index',
  'production/config-process/child/main',
  'adapters/node/index',
  'adapters/fetch/index',
  'middleware/index',
  'testing/index',
  'wsgi/validate/index',
];

/** The licences of what is bundled ask for their text to come along. */
const licences = {
  name: 'licences',
  generateBundle() {
    const texts = [
      '@jridgewell/sourcemap-codec/LICENSE',
      'chokidar/LICENSE',
      'commander/LICENSE',
      'ignore/LICENSE-MIT',
      'kleur/license',
      'launch-editor/LICENSE',
      'mrmime/license',
      'pend/LICENSE',
      'readdirp/LICENSE',
      'shell-quote/LICENSE',
      'uqr/LICENSE',
      'yauzl/LICENSE',
    ].map((file) => {
      const text = readFileSync(new URL(`../node_modules/${file}`, import.meta.url), 'utf8');
      return `${file.split('/')[0]}\n\n${text}`;
    });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join('\n\n') });
  },
};

/** commander can start programs as subcommands. We have none, and Node takes 4 ms to load what that would need. */
const isForPrograms = (id, importer) =>
  id === 'node:child_process' && /[\\/]commander[\\/]/.test(importer ?? '');

const withoutPrograms = {
  name: 'without-programs',
  resolveId(id, importer) {
    return isForPrograms(id, importer) ? '\0nothing' : undefined;
  },
  load(id) {
    return id === '\0nothing' ? 'export default {}' : undefined;
  },
};

/** The last changes to all chunks. */
const finish = {
  name: 'finish',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    // V8 keeps a file that has one character beyond Latin-1 in two bytes a character, and reads it for twice as long.
    const inAscii = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    for (const chunk of chunks) chunk.code = chunk.code.replace(/[^\0-\x7f]/g, inAscii);
    const hash = createHash('sha256');
    for (const { code } of chunks) hash.update(code);
    const build = hash.digest('hex').slice(0, 16);
    for (const chunk of chunks) chunk.code = chunk.code.replace('__BUILD__', build);
  },
};

/** Stack traces leave the loader's own frames out by the folder that they are in. */
const LOADER_CHUNKS = { start: 'loader/start.cjs', base: 'loader/base.cjs', loader: 'loader/index.cjs' };

await build({
  input: Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.ts`])),
  plugins: [licences, withoutPrograms, finish],
  platform: 'node',
  // It is for the edge builds, which have no files to look for modules in.
  checks: { ineffectiveDynamicImport: false },
  // What is large, native or seldom needed stays a package of its own.
  external: (id, importer) => /^(node:|get-tsconfig|oxc-)/.test(id) && !isForPrograms(id, importer),
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    // They are a fifth of what every start reads. The types keep theirs.
    comments: false,
    entryFileNames: '[name].cjs',
    // One folder deep, as the sources are: they find the package's root by '../..'.
    chunkFileNames: ({ name }) => LOADER_CHUNKS[name] ?? 'chunks/[name].cjs',
    codeSplitting: {
      // A file less to find and read is half a millisecond, so what is needed together lies together. What is only
      // imported when it is needed stays apart.
      groups: [
        // What a process needs before it can take the rest as V8 has compiled it.
        {
          name: 'start',
          test: /src\/(files\/user-caches|loader\/imports\/native-import|worker\/(code-cache|own-code))/,
          priority: 4,
        },
        // What every process needs, the parent too: of the loader, that is what watches read and what starts an import.
        {
          name: 'base',
          test: /src\/(errors|files|text|wsgi\/printable|node-internals\/(?:probe|garbage-collector)|loader\/(imports|sources|find-module))/,
          priority: 3,
        },
        // How a terminal shows errors. The parent of runserver has nothing else of a site, of a server and of the loader.
        {
          name: 'shown-errors',
          test: /src\/(worker\/errors|handler\/(debug\/source\/(frame-runs|stack-frames)|errors\/error-chain)|loader\/failures\/error-hints|wsgi\/log-style)/,
          priority: 3,
        },
        // What a parent checks of its settings, without a server.
        {
          name: 'limits',
          test: /src\/servers\/(request-limits|trusted-peers|peek-bytes|tls\/(check|secure))/,
          priority: 2,
        },
        { name: 'site', test: /src\/(conf|handler|web)\//, tags: ['$initial'], priority: 2 },
        { name: 'server', test: /src\/(servers|wsgi\/(?!validate))/, tags: ['$initial'], priority: 1 },
        { name: 'loader', test: /src\/loader\// },
      ],
    },
  },
});

/**
 * The same once more for runtimes that are not Node, as ES modules: what a bundle for the edge takes in. Bun and Deno
 * have Node's modules and take the first one, so that no process has two of them, each with its own signals.
 */
const EDGE_ENTRIES = {
  wsgi: 'handler/index',
  http: 'handler/http/index',
  signals: 'handler/signals',
  urls: 'handler/urls/index',
  static: 'handler/static/index',
  conf: 'conf/index',
  middleware: 'middleware/index',
  test: 'testing/index',
  validate: 'wsgi/validate/index',
  'adapters/fetch': 'adapters/fetch/index',
};

/**
 * Node's modules, for what is only done where there are such: error pages that show source code, dotted paths. Asked
 * for and not imported, since a bundler or a runtime that knows no `node:fs` fails at the sight of its name.
 */
const builtinsOnRequest = {
  name: 'builtins-on-request',
  resolveId: (id) => (id.startsWith('node:') ? `\0${id}` : undefined),
  async load(id) {
    if (!id.startsWith('\0node:')) return undefined;
    const builtin = id.slice(1);
    const names = Object.keys(await import(builtin)).filter((name) => name !== 'default');
    return `const builtin = globalThis.process?.getBuiltinModule?.('${builtin}') ?? {};
export default builtin;
export const { ${names.join(', ')} } = builtin;`;
  },
};

/** A bundle for the edge has no files: what looks for modules or static files, and reads them, stays out of it. */
const WITHOUT_FILES = {
  '/native/default-loader.ts': 'edge-loader.ts',
  '/static/open-static-site.ts': 'open-no-files.ts',
};

const withoutFiles = {
  name: 'without-files',
  resolveId(id, importer) {
    const found = Object.keys(WITHOUT_FILES).find((end) => id.endsWith(end));
    if (found === undefined) return undefined;
    return fileURLToPath(new URL(WITHOUT_FILES[found], new URL(id, pathToFileURL(importer))));
  },
};

await build({
  input: Object.fromEntries(Object.entries(EDGE_ENTRIES).map(([name, entry]) => [name, `src/${entry}.ts`])),
  plugins: [withoutFiles, builtinsOnRequest],
  platform: 'neutral',
  output: { dir: 'dist/edge', format: 'esm', chunkFileNames: 'chunks/[name].js' },
});

/**
 * ES modules import ours by way of these: Node reads a CommonJS module twice to find the names that it exports, and
 * all that it requires along with it, which takes 30 ms for `startproject/wsgi`.
 */
const require = createRequire(import.meta.url);
const { exports } = require('../package.json');
for (const { node } of Object.values(exports)) {
  if (node === undefined) continue;
  const common = `./${node.import.split('/').at(-1).replace('.mjs', '.cjs')}`;
  const names = Object.keys(require(`../${node.import.replace('.mjs', '.cjs')}`));
  const text = [
    "import { createRequire } from 'node:module';",
    `export const { ${names.join(', ')} } = createRequire(import.meta.url)('${common}');\n`,
  ];
  writeFileSync(new URL(`../${node.import}`, import.meta.url), text.join('\n'));
}
