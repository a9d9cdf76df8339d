/**
 * How src becomes dist. Node 20 takes about half a millisecond for every ES module that it loads, and a worker needs a
 * hundred of ours; bundled, a reload and every command start in a fraction of that. Types are tsc's work.
 */

const ENTRIES = [
  'cli/startproject',
  'cli/runserver',
  'worker/main',
  'handler/index',
  'handler/signals',
  'handler/urls/index',
  'conf/index',
  'servers/index',
];

export default {
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  // What is large, native or seldom needed stays a package of its own.
  external: ['chokidar', 'get-tsconfig', 'oxc-resolver', 'oxc-transform', /^node:/],
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    // One folder deep, as the sources are: they find the package's root by '../..'.
    chunkFileNames: ({ name }) => (name === 'loader' ? 'loader/index.js' : 'chunks/[name].js'),
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      // Stack traces leave the module graph's own frames out by the folder that they are in.
      groups: [{ name: 'loader', test: /src\/loader\/(?!import-object|installed|dotted-path)/ }],
    },
  },
};
