import { describe, expect, test } from 'vitest';
import { type ErrorPage, renderErrorPage } from '../../../src/handler/debug/error-page.ts';

const PAGE: ErrorPage = {
  title: 'mysite/wsgi.ts failed to load',
  message: "Cannot find './ursl.ts' <here>.",
  hint: "Did you mean './urls.ts'?",
  location: { file: `${process.cwd()}/mysite/wsgi.ts`, line: 3, column: 8 },
  codeFrame: "  2 | // before\n> 3 | import './ursl.ts';\n    |        ^",
  stack: 'Error: no\n    at load (/site/mysite/wsgi.ts:3:8)\n    at node:internal/modules:1:2',
  causes: [{ name: 'TypeError', message: 'inner', stack: 'TypeError: inner\n    at inner (/site/a.ts:1:1)' }],
  note: 'The server loads the site again when you save.',
};

test('as text it has everything in order', () => {
  expect(renderErrorPage(PAGE, { html: false })).toBe(`mysite/wsgi.ts failed to load

Cannot find './ursl.ts' <here>.

At mysite/wsgi.ts:3:8

  2 | // before
> 3 | import './ursl.ts';
    |        ^

Hint: Did you mean './urls.ts'?

Traceback, newest call first:
  at load (/site/mysite/wsgi.ts:3:8)
  at node:internal/modules:1:2

Caused by TypeError: inner
  at inner (/site/a.ts:1:1)

The server loads the site again when you save.
`);
});

test('a stack without a frame of the site is left out beside the code', () => {
  const stack = 'Error: No.\n    at processTicks (node:internal/process/task_queues:95:5)';
  const page = { title: 'Broken', message: 'No.', stack };
  expect(renderErrorPage(page, { html: false })).toContain('at processTicks');
  expect(renderErrorPage({ ...page, codeFrame: '> 1 | x' }, { html: false })).not.toContain('Traceback');
});

test('as text it leaves out what is not given', () => {
  const page = { title: 'Broken', message: 'No.' };
  expect(renderErrorPage(page, { html: false })).toBe('Broken\n\nNo.\n');
});

describe('as HTML', () => {
  const page = renderErrorPage(PAGE, { html: true });

  test('it is a whole document', () => {
    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('a place is not said twice', () => {
    const location = { file: '/site/mysite/wsgi.ts', line: 3, column: 8 };
    const placed = { ...PAGE, location, message: '/site/mysite/wsgi.ts:3:8: syntax error: no' };
    expect(renderErrorPage(placed, { html: true })).toContain('<h1>syntax error: no</h1>');
  });

  test('everything is escaped', () => {
    expect(page).toContain('&#60;here&#62;');
    expect(page).not.toContain('<here>');
  });

  test('the line in question is marked', () => {
    expect(page).toMatch(
      /<span class="marked"><i class="comment"> {2}3 \| <\/i><i class="keyword">import<\/i>/,
    );
  });

  test('it asks the network for nothing and runs no script', () => {
    expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<img|src=|@import|url\(/);
  });
});
