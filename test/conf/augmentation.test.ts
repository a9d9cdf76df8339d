import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = path.join(ROOT, 'node_modules/.bin/tsc');

const SITE_CONFIG = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
  },
  files: ['site.ts'],
});

/** Type-checks a site against the declarations that we pack. Returns the compiler's complaints. */
function complaints(site: string): string {
  const folder = temporaryFolder({
    'package.json': '{"type":"module"}',
    'tsconfig.json': SITE_CONFIG,
    'site.ts': site,
    'node_modules/startproject/build.json': JSON.stringify({
      extends: path.join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        emitDeclarationOnly: true,
        outDir: 'dist',
        rootDir: path.join(ROOT, 'src'),
        typeRoots: [path.join(ROOT, 'node_modules/@types')],
      },
      files: ['conf', 'handler', 'handler/urls'].map((name) => path.join(ROOT, `src/${name}/index.ts`)),
      include: [],
    }),
  });
  const pack = path.join(folder, 'node_modules/startproject');
  cpSync(path.join(ROOT, 'package.json'), path.join(pack, 'package.json'));
  compile(path.join(pack, 'build.json'));
  return compile(path.join(folder, 'tsconfig.json'));
}

function compile(project: string): string {
  try {
    return execFileSync(TSC, ['-p', project], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test('a site adds its own settings and converters to our types', () => {
  const found = complaints(`
    import { settings } from 'startproject/conf';
    import { path, type URLPattern } from 'startproject/urls';
    declare module 'startproject/conf' { interface Settings { NEWSLETTER_SENDER: string } }
    declare module 'startproject/urls' { interface ConverterTypes { date: Date } }
    export const sender: string = settings.NEWSLETTER_SENDER;
    export const debug: boolean = settings.DEBUG;
    export const urlpatterns: URLPattern[] = [
      path('<date:day>/', (request, { day }) => new Response(day.toISOString())),
    ];
    // @ts-expect-error: nobody has declared it.
    settings.NEWSLETTER_RECEIVER;
    // @ts-expect-error: settings are read only.
    settings.DEBUG = true;
  `);
  expect(found).toBe('');
});
