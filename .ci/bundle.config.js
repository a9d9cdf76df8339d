/**
 * How src becomes dist. Node 20 takes half a millisecond and more for every ES module that it loads; ours are over a
 * hundred, so they are bundled. Types are tsc's work.
 */

/** What a worker and a site load: ES modules that share their chunks, so that there is one of each class and signal. */
const MODULES = [
  'worker/main',
  'worker/single-process',
  'handler/index',
  'handler/signals',
  'handler/urls/index',
  'conf/index',
  'servers/index',
];

/** The commands: CommonJS, since that saves a process that runs nothing else Node's ES module loader, 15 ms. */
const COMMANDS = ['startproject', 'runserver'];

const common = {
  platform: 'node',
  // What is large, native or seldom needed stays a package of its own.
  external: ['chokidar', 'get-tsconfig', 'oxc-resolver', 'oxc-transform', /^node:/],
};

export default [
  {
    ...common,
    input: Object.fromEntries(MODULES.map((name) => [name, `src/${name}.ts`])),
    output: {
      dir: 'dist',
      cleanDir: true,
      // One folder deep, as the sources are: they find the package's root by '../..'.
      chunkFileNames: ({ name }) => (name === 'loader' ? 'loader/index.js' : 'chunks/[name].js'),
      codeSplitting: {
        // Stack traces leave the module graph's own frames out by the folder that they are in.
        groups: [{ name: 'loader', test: /src\/loader\/(?!import-object|installed|dotted-path)/ }],
      },
    },
  },
  {
    ...common,
    input: Object.fromEntries(COMMANDS.map((name) => [name, `src/cli/${name}.ts`])),
    output: {
      dir: 'dist/cli',
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '_[name].cjs',
    },
  },
];
