import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which folders of `src` each may import from, besides itself. The files at the top of `src` are everybody's. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: ['arbiter', 'scaffold', 'dev', 'worker', 'servers', 'loader', 'conf', 'handler', 'wsgi'],
  scaffold: [],
  dev: ['arbiter', 'worker', 'servers', 'loader', 'conf', 'handler', 'wsgi'],
  arbiter: ['worker'],
  worker: ['servers', 'loader', 'conf', 'handler', 'wsgi'],
  // The servers for Node's requests and responses, the handler for the web's: how each becomes an environ and back.
  adapters: ['servers', 'handler', 'wsgi'],
  handler: ['conf', 'loader', 'wsgi', 'node-internals'],
  conf: ['loader'],
  servers: ['node-internals', 'wsgi'],
  middleware: ['wsgi'],
  loader: [],
  'node-internals': [],
  wsgi: [],
};

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

function sources(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, file));
}

/** Every relative import: `cli/runserver.ts imports arbiter`. */
function imports(): { file: string; from: string; to: string }[] {
  return sources(SRC).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, specifier]) => {
      const target = path.relative(SRC, path.resolve(path.dirname(file), specifier!));
      return {
        file: path.relative(SRC, file),
        from: topFolder(path.relative(SRC, file)),
        to: topFolder(target),
      };
    }),
  );
}

function topFolder(file: string): string {
  return file.includes(path.sep) ? file.split(path.sep)[0]! : '';
}

test('imports run one way: cli, arbiter, worker, servers and loader and handler, wsgi', () => {
  const wrong = imports().filter(
    ({ from, to }) => from !== to && to !== '' && !MAY_IMPORT[from]?.includes(to),
  );
  expect(wrong).toEqual([]);
});

test('the contract imports nothing else of ours', () => {
  expect(imports().filter(({ from, to }) => from === 'wsgi' && to !== 'wsgi')).toEqual([]);
});

test('every folder of src has its place in the order', () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test('only the command line prints, exits and reads the command line', () => {
  // A runtime that is not Node has no log but the console.
  const edges = new Set([
    'worker/worker-process.ts',
    'worker/set-main.ts',
    'worker/boot.ts',
    'worker/descendants/preload.ts',
    'conf/active.ts',
    'adapters/to-fetch.ts',
  ]);
  const wrong = sources(SRC)
    .map((file) => path.relative(SRC, file))
    .filter((file) => !file.startsWith('cli') && !edges.has(file))
    .filter((file) => /\bconsole\.|process\.(?:exit|argv|stdout)\b/.test(withoutComments(file)));
  expect(wrong).toEqual([]);
});

function withoutComments(file: string): string {
  return readFileSync(path.join(SRC, file), 'utf8').replace(
    /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    '',
  );
}
