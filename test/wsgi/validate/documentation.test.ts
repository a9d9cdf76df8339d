import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../../../src/wsgi/validate/rules.ts';

test('every rule, and nothing else, has its heading in the documentation', () => {
  const text = readFileSync(new URL('../../../docs/validator.md', import.meta.url), 'utf8');
  const headings = [...text.matchAll(/^### (.+)$/gm)].map(([, rule]) => rule);
  expect(headings).toEqual(Object.keys(RULES));
});
