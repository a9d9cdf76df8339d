import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pagesIn, ROOT } from './_pages.ts';

const PAGES = ['README', 'CONTRIBUTING', ...['docs', 'docs/deploy', 'docs/recipes'].flatMap(pagesIn)];
const textOf = (page: string) => readFileSync(path.join(ROOT, `${page}.md`), 'utf8');

interface Link {
  readonly page: string;
  /** From the repository's root. */
  readonly file: string;
  readonly fragment: string | undefined;
}

/** Links to files of the repository, also those within a page. */
const LINKS: readonly Link[] = PAGES.flatMap((page) =>
  [...textOf(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, target, fragment]) => ({
    page,
    file: target === '' ? `${page}.md` : path.join(path.dirname(page), target!),
    fragment,
  })),
);

/** As GitHub writes them. */
function anchorsOf(file: string): string[] {
  const headings = textOf(file.replace(/\.md$/, '')).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('each link leads to a file that is there, and to a heading of it', () => {
  const broken = LINKS.filter(({ file, fragment }) => {
    if (!existsSync(path.join(ROOT, file))) return true;
    return fragment !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(fragment);
  });
  expect(broken).toEqual([]);
});

test('each page is in the index of its folder', () => {
  const linked = (from: string) => LINKS.filter(({ page }) => page === from).map(({ file }) => file);
  for (const folder of ['docs', 'docs/deploy', 'docs/recipes']) {
    const pages = pagesIn(folder).map((page) => `${page}.md`);
    const missing = pages.filter(
      (page) => !page.endsWith('README.md') && !linked(`${folder}/README`).includes(page),
    );
    expect(missing).toEqual([]);
  }
  expect(linked('README')).toContain('docs/README.md');
});
