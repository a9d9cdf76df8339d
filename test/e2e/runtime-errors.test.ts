import { expect, test } from 'vitest';
import { get, runserver } from './_runserver.ts';

const BEHIND_A_LIBRARY = {
  'node_modules/deep/package.json': '{ "name": "deep", "type": "module", "exports": "./index.js" }',
  'node_modules/deep/index.js': `
export function render(depth) {
  if (depth > 0) render(depth - 1);
  else throw new TypeError('no such partial');
}
`,
  'mysite/urls.ts': `import { path } from 'startproject/urls';
import { render } from 'deep';
function home(): Response {
  render(11);
  return new Response('never');
}
export const urlpatterns = [path('', home)];
`,
};

test.each([[[]], [['--noreload']]])(
  "the terminal shows an error of a view once, with the site's line below many frames of a library: %s",
  async (flags) => {
    const site = await runserver(BEHIND_A_LIBRARY, flags);
    expect((await get(site.url)).status).toBe(500);
    const [text] = await site.saw(/Error 500 at [\s\S]*frames of deep[^\n]*/);
    expect(text).toMatch(/^mysite\/urls\.ts:4:3: TypeError: no such partial$/m);
    expect(text).toContain('  > 4 |   render(11);\n      |   ^');
    expect(text).toContain('    at home (mysite/urls.ts:4:3)');
    expect(text).toMatch(/… and 12 frames of deep, \d+ of startproject and Node$/);
    expect(text).not.toMatch(/index\.js|node:/);
    expect(site.output.match(/no such partial/g)).toHaveLength(1);
  },
);

test('--traceback shows the whole stack of an error of a view', async () => {
  const site = await runserver(BEHIND_A_LIBRARY, ['--traceback']);
  await get(site.url);
  const [text] = await site.saw(/Error 500 at [\s\S]*urls\.ts:4:3[^\n]*/);
  expect(text.match(/at render .*deep\/index\.js/g)).toHaveLength(12);
});
