import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { expect, test } from 'vitest';

const EDGE = fileURLToPath(new URL('../../dist/edge', import.meta.url));
const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, { 'edge-light'?: string }>;
};
const ENTRIES = Object.keys(exports)
  .filter((name) => exports[name]!['edge-light'] !== undefined)
  .map((name) => name.slice(2));
const MAX_BYTES = 60_000;
/** Of a bundle of one file, which has what is imported only when it is needed (error pages, static files) as well. */
const MAX_WHOLE_BYTES = 2 * MAX_BYTES;

test.each(ENTRIES)(
  'an import of the edge build of %s loads at most 60 KB minified, and twice that in one file',
  async (entry) => {
    const { output } = await build({
      input: path.join(EDGE, `${entry}.js`),
      platform: 'neutral',
      write: false,
      logLevel: 'silent',
      output: { format: 'esm', minify: true },
    });
    const chunks = output.filter((part) => part.type === 'chunk');
    const loaded = new Set([chunks.find(({ isEntry }) => isEntry)!]);
    for (const { imports } of loaded) {
      for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
    }
    const bytesOf = (some: Iterable<{ code: string }>) =>
      [...some].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
    expect(bytesOf(loaded)).toBeGreaterThan(500);
    expect(bytesOf(loaded)).toBeLessThanOrEqual(MAX_BYTES);
    expect(bytesOf(chunks)).toBeLessThanOrEqual(MAX_WHOLE_BYTES);
  },
);

test('an edge build reports that it cannot import by name', async () => {
  const { getWsgiApplication } = await import(pathToFileURL(path.join(EDGE, 'wsgi.js')).href);
  await expect(getWsgiApplication({ settings: 'mysite.settings' })).rejects.toMatchObject({
    message: "'mysite.settings' can't be imported by its name: a bundle for the edge has no files.",
    hint: expect.stringContaining('getWsgiApplication({ settings })'),
  });
});
