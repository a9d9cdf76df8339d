import path from 'node:path';
import { expect, test } from 'vitest';
import { editorAction, openButton } from '../../../../src/handler/debug/source/open-button.ts';
import { EDITOR } from '../../../../src/handler/errors/page-access.ts';
import type { Environ } from '../../../../src/wsgi/types.ts';

const ENVIRON = { [EDITOR]: '/editor?token=x' } as unknown as Environ;
const FILE = path.resolve('mysite/a&b.ts');

test('a place of the project has a URL of its own', () => {
  expect(editorAction(ENVIRON, { file: FILE, line: 4, column: 2 })).toBe(
    `/editor?token=x&place=${encodeURIComponent(`${FILE}:4:2`)}`,
  );
  expect(editorAction(ENVIRON, { file: FILE })).toContain(encodeURIComponent('a&b.ts:1:1'));
});

test.each([
  ['where no server opens editors', undefined, FILE],
  ['for a client that may not', {} as Environ, FILE],
  ['for a file outside of the project', ENVIRON, '/etc/passwd'],
  ['for a relative path', ENVIRON, 'mysite/urls.ts'],
  ['without a file', ENVIRON, undefined],
])('there is none %s', (_case, environ, file) => {
  expect(editorAction(environ, { file, line: 1 } as Parameters<typeof editorAction>[1])).toBeUndefined();
});

test('a button is a form that posts to it, and needs no script', () => {
  expect(openButton('/editor?token=x&place="a"')?.text).toBe(
    '<form class="open" method="post" action="/editor?token=x&#38;place=&#34;a&#34;"><button>Open in editor</button></form>',
  );
  expect(openButton(undefined)).toBeUndefined();
});
