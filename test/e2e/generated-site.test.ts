import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AtEnd, type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Program, run } from './_program.ts';
import { describeWith, NODE_22 } from './_real-parts.ts';
import { answering, get } from './_runserver.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** What `startproject mysite` makes and `npm install` completes: each test has a copy. */
let newSite: string;
const ends: Parameters<AtEnd>[0][] = [];
const atEndOfFile: AtEnd = (end) => void ends.push(end);
beforeAll(async () => {
  const folder = temporaryFolder({}, atEndOfFile);
  await run(process.execPath, [path.join(CHECKOUT, 'bin/startproject.js'), 'mysite'], folder);
  newSite = path.join(folder, 'mysite');
  mkdirSync(path.join(newSite, 'node_modules/@types'), { recursive: true });
  symlinkSync(CHECKOUT, path.join(newSite, 'node_modules/startproject'));
  const nodeTypes = 'node_modules/@types/node';
  symlinkSync(path.join(CHECKOUT, nodeTypes), path.join(newSite, nodeTypes));
});
afterAll(async () => {
  for (const end of ends) await end();
});

/** A new site with these files changed. */
function generatedSite(files: Files = {}, atEnd?: AtEnd): string {
  const site = path.join(temporaryFolder({}, atEnd), 'mysite');
  cpSync(newSite, site, { recursive: true, verbatimSymlinks: true });
  writeFiles(site, files);
  return site;
}

describe.each([
  ['TypeScript 7', 'typescript'],
  ['TypeScript 5.9', 'typescript-5'],
])('the types, by %s', (_name, typescript) => {
  async function typeErrors(files: Files, atEnd?: AtEnd): Promise<string[]> {
    const site = generatedSite(files, atEnd);
    const tsc = path.join(CHECKOUT, 'node_modules', typescript, 'bin/tsc');
    const flags = ['--noEmit', '--strict', '--noUnusedLocals', '--noUnusedParameters', '--pretty', 'false'];
    const { stdout } = await run(process.execPath, [tsc, ...flags], site);
    // What is indented explains the line above it.
    return stdout.split('\n').filter((line) => /^\S/.test(line));
  }

  test('a new site has no type error', async () => {
    expect(await typeErrors({})).toEqual([]);
  });

  describe('of views', () => {
    const RIGHT = `
import { path } from 'startproject/urls';

function archive(_request: Request, { year }: { year: number }): Response {
  return new Response(year.toFixed());
}

export const urlpatterns = [
  path('articles/<int:year>/', archive, { name: 'archive' }),
  path('articles/<int:year>/<slug:title>/', async (request, { year, title }) =>
    new Response([request.method, year.toFixed(), title.toUpperCase()].join()),
  ),
];
`;
    const WRONG = `import { path } from 'startproject/urls';
export const urlpatterns = [
  path('<int:year>/', (_, { year }) => new Response(year.toUpperCase())), // a number as text
  path('<int:year>/', (_: Request, { year }: { year: string }) => new Response(year)), // a view that expects text
  path('<int:year>/', (_, { month }) => new Response(month)), // a parameter that the route does not have
  path('', () => 'text'), // no Response
  path('', 'mysite.views.home'), // no view
];
`;
    /** Of a site with both: TypeScript 5.9 takes 2 s of CPU for each site. */
    let errors: string[];
    beforeAll(async () => {
      errors = await typeErrors({ 'mysite/urls.ts': RIGHT, 'mysite/wrong.ts': WRONG }, atEndOfFile);
    });

    test('a view gets the typed parameters of its route', () => {
      expect(errors.filter((line) => !line.startsWith('mysite/wrong.ts'))).toEqual([]);
    });

    test('wrong views are errors, each on its own line', () => {
      const places = errors.map((line) => /^mysite\/wrong\.ts\(\d+/.exec(line)?.[0]);
      expect(places).toEqual([3, 4, 5, 6, 7].map((number) => `mysite/wrong.ts(${number}`));
    });
  });
});

describeWith(NODE_22, (node22) => {
  const WARNING = /warning|deprecat|experimental/i;

  /** Serves a new site by a script that imports it, without our loader. */
  async function serveUnbuilt(): Promise<{ program: Program; url: string }> {
    const site = generatedSite({
      'server.ts': `
import { serve } from 'startproject/server';
import { application } from './mysite/wsgi.ts';

const { url } = await serve(application, { port: 0 });
process.stdout.write(\`Serving at \${url}\\n\`);
`,
    });
    const program = new Program(node22, ['server.ts'], site);
    const [, url] = await program.saw(/Serving at (\S+)\n/);
    return { program, url: url! };
  }

  test('a site runs unbuilt, by Node alone', async () => {
    const { url } = await serveUnbuilt();
    const page = await get(url);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Ready for')]);
  });

  test('a site that runs unbuilt prints no warning', async () => {
    const { program, url } = await serveUnbuilt();
    await get(url);
    expect(program.output).not.toMatch(WARNING);
  });

  async function runserver(): Promise<{ site: string; program: Program; url: string }> {
    const site = generatedSite();
    const program = new Program(node22, [path.join(CHECKOUT, 'bin/runserver.js'), '0'], site);
    const [, url] = await program.saw(/Development server at (\S+)/);
    return { site, program, url: url! };
  }

  test('runserver serves', async () => {
    const { url } = await runserver();
    expect((await get(url)).body).toContain('is running on Node 22.');
  });

  test('runserver reloads', async () => {
    const { site, url } = await runserver();
    await get(url);
    writeFiles(site, { 'mysite/wsgi.ts': answering('edited') });
    expect((await get(url)).body).toBe('edited');
  });

  test('runserver prints no warning', async () => {
    const { site, program, url } = await runserver();
    writeFiles(site, { 'mysite/wsgi.ts': answering('edited') });
    await get(url);
    await program.saw(/"GET \/ HTTP\/1\.1" 200/);
    expect(program.output).not.toMatch(WARNING);
  });
});

test('a script finds root and settings as the commands do, in any folder of the project', async () => {
  const site = generatedSite({
    'mysite/limits.ts': 'export const rows: number = 5;',
    'scripts/tell.ts': `import { settings } from 'startproject/conf';
import { rows } from '../mysite/limits.ts';
console.log(settings.ROOT_URLCONF, process.env.DJANGO_SETTINGS_MODULE, rows);`,
  });
  const args = ['--import', 'startproject/register', 'tell.ts'];
  const { stdout, stderr } = await run(process.execPath, args, `${site}/scripts`);
  expect([stdout, stderr]).toEqual(['mysite.urls mysite.settings 5\n', '']);
});

describe('npm test in a new site', () => {
  const NPM_TEST = ['--require', 'startproject/register', '--test', 'test/*.test.ts'];

  test('passes on this version of Node', async () => {
    const site = generatedSite();
    const { status, stdout } = await run(process.execPath, NPM_TEST, site);
    expect(stdout).toMatch(/the home page answers/);
    expect(status).toBe(0);
  });

  test('fails with an error that a view throws, at its line', async () => {
    const urls = `import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => { throw new Error('broken on purpose'); })];`;
    const { status, stdout } = await run(
      process.execPath,
      NPM_TEST,
      generatedSite({ 'mysite/urls.ts': urls }),
    );
    expect(stdout).toContain('broken on purpose');
    expect(stdout).toMatch(/mysite\/urls\.ts:2:\d+/);
    expect(status).toBe(1);
  });
});
