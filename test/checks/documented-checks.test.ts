import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('docs/checks.md has all findings', () => {
  const files = [
    ...readdirSync(at('src/checks')).map((name) => `src/checks/${name}`),
    'src/production/settings/deploy-findings.ts',
  ];
  const ids = files.flatMap((file) =>
    [...readFileSync(at(file), 'utf8').matchAll(/\bid: '([\w.]+)'/g)].map(([, id]) => id),
  );
  const rows = [...readFileSync(at('docs/checks.md'), 'utf8').matchAll(/^\| `([\w.]+)` \|/gm)];
  expect(rows.map(([, id]) => id).sort()).toEqual([...new Set(ids)].sort());
});
