import { expect, test } from 'vitest';
import { urlTable } from '../../../src/dev/child/url-table.ts';

test('URLs are listed in columns: route, name, view and the line of the pattern', () => {
  expect(
    urlTable([
      { route: '/', name: 'home', view: "of path('')", frame: '    at /site/urls.ts:4:3' },
      {
        route: '/articles/<int:id>/',
        name: '',
        view: 'article',
        frame: '    at path (/site/a/urls.ts:12:3)',
      },
    ]),
  ).toBe(
    '/                    home           /site/urls.ts:4\n/articles/<int:id>/        article  /site/a/urls.ts:12',
  );
});

test('a column that is empty for all URLs is left out', () => {
  expect(urlTable([{ route: '/', name: '', view: "of path('')", frame: undefined }])).toBe('/');
});
