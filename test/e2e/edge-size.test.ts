import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { expect, test } from 'vitest';

const EDGE = fileURLToPath(new URL('../../dist/edge', import.meta.url));
const MAX_BYTES = 60_000;

test.each([
  'wsgi',
  'http',
  'conf',
  'urls',
  'signals',
  'static',
  'middleware',
  'test',
  'validate',
  'adapters/fetch',
])('what an import of the edge build of %s loads is at most 60 KB, minified', async (entry) => {
  const { output } = await build({
    input: path.join(EDGE, `${entry}.js`),
    platform: 'neutral',
    external: /^(get-tsconfig|oxc-)/,
    write: false,
    logLevel: 'silent',
    output: { format: 'esm', minify: true },
  });
  const chunks = output.filter((part) => part.type === 'chunk');
  // What is imported only when it is needed (error pages, modules by dotted paths) is not among these.
  const loaded = new Set([chunks.find(({ isEntry }) => isEntry)!]);
  for (const { imports } of loaded) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  }
  const bytes = [...loaded].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
});
