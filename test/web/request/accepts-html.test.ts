import { expect, test } from 'vitest';
import { acceptsHtml } from '../../../src/web/request/accepts-html.ts';

test.each([
  [undefined, false],
  ['*/*', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['text/*', true],
  ['TEXT/HTML', true],
  ['text/html;q=0, */*', false],
  ['application/json', false],
])('Accept: %s means HTML: %s', (accept, expected) => {
  expect(acceptsHtml(accept)).toBe(expected);
});
