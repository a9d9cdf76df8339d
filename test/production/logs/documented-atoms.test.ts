import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ATOMS, NAMED_ATOMS } from '../../../src/production/logs/access-atoms.ts';

test('the documentation has each atom', () => {
  const page = readFileSync(new URL('../../../docs/runwsgi-logs.md', import.meta.url), 'utf8');
  const cells = [...page.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].map(([, cell]) => cell!);
  const documented = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, atom]) => atom!));
  const named = Object.keys(NAMED_ATOMS).map((kind) => `{name}${kind}`);
  expect(documented.sort()).toEqual([...Object.keys(ATOMS), ...named].sort());
});
