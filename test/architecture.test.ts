import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Folders whose files everybody may import. */
const SHARED = ['', 'files', 'text', 'node-internals'];

/** Which folders of `src` each may import from, besides itself and the shared ones. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: ['checks', 'dev', 'production', 'scaffold', 'arbiter', 'worker', 'servers', 'wsgi'],
  scaffold: [],
  dev: ['checks', 'arbiter', 'worker', 'servers', 'loader', 'conf', 'handler', 'web', 'wsgi'],
  production: ['checks', 'arbiter', 'worker', 'servers', 'loader', 'conf', 'handler', 'web', 'wsgi'],
  arbiter: ['worker'],
  worker: ['servers', 'loader', 'conf', 'handler', 'web', 'wsgi'],
  checks: ['handler', 'loader', 'conf'],
  // The servers for Node's requests and responses, web for the web's: how each becomes an environ and back.
  adapters: ['servers', 'web', 'wsgi'],
  handler: ['web', 'conf', 'loader', 'middleware', 'wsgi'],
  web: ['wsgi'],
  conf: ['loader'],
  servers: ['wsgi'],
  middleware: ['wsgi'],
  // What tests of sites use: the application, by the adapter that needs no socket.
  testing: ['adapters', 'handler', 'wsgi'],
  loader: [],
  wsgi: [],
  'node-internals': [],
  files: [],
  text: [],
};

/** More files beside each other than that are a folder that nobody reads. */
const MOST_FILES = 15;
const MOST_LINES = 300;

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

interface Source {
  /** Relative to src, with forward slashes. */
  readonly file: string;
  readonly text: string;
  /** The files that it imports, types included. */
  readonly imports: readonly string[];
}

const SOURCES: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    const imports = [...text.matchAll(IMPORT)].map(([, specifier]) =>
      path.join(path.dirname(file), specifier!).replaceAll(path.sep, '/'),
    );
    return { file: file.replaceAll(path.sep, '/'), text, imports };
  });

function topFolder(file: string): string {
  return file.includes('/') ? file.split('/')[0]! : '';
}

test('imports run one way, from the commands down to the contract', () => {
  const wrong = SOURCES.flatMap(({ file, imports }) => {
    const from = topFolder(file);
    const allowed = [from, ...SHARED, ...(MAY_IMPORT[from] ?? [])];
    return imports
      .filter((target) => !allowed.includes(topFolder(target)))
      .map((to) => `${file} imports ${to}`);
  });
  expect(wrong).toEqual([]);
});

test('the contract imports nothing else of ours', () => {
  const wrong = SOURCES.filter(({ file }) => topFolder(file) === 'wsgi').flatMap(({ file, imports }) =>
    imports.filter((target) => topFolder(target) !== 'wsgi').map((to) => `${file} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle, their types included', () => {
  expect(circles()).toEqual([]);
});

test('no folder has more files beside each other than a reader can survey', () => {
  const counts = new Map<string, number>();
  for (const { file } of SOURCES) counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
  const large = [...counts].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder);
  expect(large).toEqual([]);
});

test('no file is longer than a reader can survey', () => {
  const long = SOURCES.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES).map(({ file }) => file);
  expect(long).toEqual([]);
});

test('every folder of src has its place in the order, and beside them are the error classes alone', () => {
  expect(SOURCES.map(({ file }) => file).filter((file) => topFolder(file) === '')).toEqual(['errors.ts']);
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

/** The files of each circle, sorted: Tarjan's strongly connected components of more than one file. */
function circles(): string[] {
  const importsOf = new Map(SOURCES.map(({ file, imports }) => [file, imports]));
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (file: string) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const target of importsOf.get(file)!) {
      if (!importsOf.has(target)) continue;
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort().join(' '));
  };
  for (const { file } of SOURCES) if (!order.has(file)) visit(file);
  return found.sort();
}

test('only the command line prints, exits and reads the command line', () => {
  // A runtime that is not Node has no log but the console.
  const edges = new Set([
    'worker/worker-process.ts',
    'worker/exit-stack.ts',
    'worker/site/set-main.ts',
    'worker/boot.ts',
    'worker/descendants/preload.ts',
    'conf/active.ts',
    'adapters/fetch/to-fetch.ts',
    // The access log goes to stdout where the configuration has it so.
    'production/logs/log-target.ts',
  ]);
  const wrong = SOURCES.filter(({ file }) => !file.startsWith('cli') && !edges.has(file))
    .filter(({ text }) => /\bconsole\.|process\.(?:exit|argv|stdout)\b/.test(withoutComments(text)))
    .map(({ file }) => file);
  expect(wrong).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '');
}
