import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Deletes the declarations that no public module leads to: users cannot import them, and they were a fifth of the package.
 * Those that stay import each other by names that Deno finds too: `./types.js` for what is in `types.d.ts`.
 */
const ROOT = path.join(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');

const { exports } = createRequire(import.meta.url)('../package.json');
const reached = new Set(
  Object.values(exports).flatMap(({ types }) => (types ? [path.join(ROOT, types)] : [])),
);
for (const file of reached) {
  const text = readFileSync(file, 'utf8').replace(
    /(\bfrom |\bimport\()(['"]\.[^'"]+)\.ts(['"])/g,
    '$1$2.js$3',
  );
  writeFileSync(file, text);
  for (const [, specifier] of text.matchAll(/['"](\.[^'"]+)\.[jt]s['"]/g)) {
    const found = path.join(path.dirname(file), `${specifier}.d.ts`);
    if (existsSync(found)) reached.add(found); // an example's own import leads nowhere
  }
}
for (const name of readdirSync(DIST, { recursive: true })) {
  const file = path.join(DIST, name);
  if (name.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
}
