import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

test('each bound in docs/arbiter.md has a test that is there', () => {
  const rows = readFileSync(at('docs/arbiter.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| It '));
  const files = rows.map((row) => [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file!));
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((_row, index) => files[index]!.length === 0)).toEqual([]);
  expect(files.flat().filter((file) => !existsSync(at(file)))).toEqual([]);
});
