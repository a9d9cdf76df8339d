import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { answering, get, type RunningSite, runserver } from './_runserver.ts';

async function body(site: RunningSite): Promise<string> {
  return (await get(site.url)).body;
}

/** A `wsgi.ts` that imports a file and writes it anew each time it loads. */
const SELF_WRITTEN = `
import { readFileSync, writeFileSync } from 'node:fs';
import { generated } from './generated.ts';
const file = import.meta.dirname + '/generated.ts';
writeFileSync(file, \`export const generated = \${Number(generated) + 1};\\n\`);
const text = 'loaded';
${answering('').replace('""', 'text')}`;

const WAYS: [how: string, args: string[]][] = [
  ['by events', []],
  ['by polling', ['--poll', '100']],
];

test.each(WAYS)(
  'a site that writes a file that it imports is answered, reported once, and no longer reloaded, %s',
  // A busy machine runs no two loads alike, so that it takes more of them to see who writes.
  { timeout: 90_000 },
  async (_how, args) => {
    const site = await runserver(
      { 'mysite/wsgi.ts': SELF_WRITTEN, 'mysite/generated.ts': 'export const generated = 1;' },
      args,
    );
    expect(await body(site)).toBe('loaded');
    await site.saw(
      /^The site itself writes mysite\/generated\.ts while it loads\. .* --ignore 'mysite\/generated\.ts'$/m,
    );
    await body(site);
    await site.saw(/The site itself writes[\s\S]*"GET \/ HTTP/);
    // What is edited counts, and the file that is written by it is not a reason to go on.
    const before = site.output.length;
    writeFiles(site.root, { 'mysite/wsgi.ts': SELF_WRITTEN.replace("'loaded'", "'edited'") });
    expect(await body(site)).toBe('edited');
    await site.saw(/wsgi\.ts changed, reloaded in/, before);
    const edited = site.output.length;
    writeFileSync(path.join(site.root, 'mysite/generated.ts'), 'export const generated = 100;');
    expect(await body(site)).toBe('edited');
    await site.saw(/generated\.ts changed, reloaded in/, edited);
    expect(site.output.slice(before)).not.toContain('The site itself writes');
  },
);

test('a site that writes an ignored file is loaded once, without a report', async () => {
  const site = await runserver(
    { 'mysite/wsgi.ts': SELF_WRITTEN, 'mysite/generated.ts': 'export const generated = 1;' },
    ['--ignore', 'mysite/generated.ts'],
  );
  expect(await body(site)).toBe('loaded');
  expect(await body(site)).toBe('loaded');
  expect(site.output).not.toContain('The site itself writes');
  expect(site.output).not.toContain('reloaded in');
});

test('a site that writes a file that it imports, and fails, shows its error', async () => {
  const site = await runserver({
    'mysite/wsgi.ts': `${SELF_WRITTEN}\nthrow new Error('broken');`,
    'mysite/generated.ts': 'export const generated = 1;',
  });
  expect(await body(site)).toContain('broken');
  writeFiles(site.root, { 'mysite/wsgi.ts': answering('fixed') });
  expect(await body(site)).toBe('fixed');
});
