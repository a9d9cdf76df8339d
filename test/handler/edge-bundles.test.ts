import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Every module that a bundle of `entry` has for certain: what static imports lead to. */
function staticImports(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  if (entry.startsWith('node:')) return found;
  const source = readFileSync(entry, 'utf8');
  for (const [, specifier] of source.matchAll(/^(?:import|export)\b(?! type)[^;]*?from '([^']+)';/gm)) {
    staticImports(
      specifier!.startsWith('.') ? path.resolve(path.dirname(entry), specifier!) : specifier!,
      found,
    );
  }
  return found;
}

test.each([
  'conf/index.ts',
  'handler/index.ts',
  'handler/urls/index.ts',
  'handler/http/index.ts',
  'handler/signals.ts',
  'handler/static/index.ts',
  'middleware/index.ts',
  'testing/index.ts',
  'wsgi/validate/index.ts',
  'adapters/fetch/index.ts',
])('%s needs no module of Node', (entry) => {
  const modules = [...staticImports(path.join(SRC, entry))];
  expect(modules.filter((module) => module.startsWith('node:'))).toEqual([]);
  expect(modules.filter((module) => module.includes('/debug/'))).toEqual([]);
});
