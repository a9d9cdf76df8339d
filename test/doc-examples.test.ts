import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { temporaryFolder } from './_temp-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = path.join(ROOT, 'src');

interface Example {
  /** The file below src that has it, and what it explains. */
  readonly name: string;
  readonly code: string;
}

/** The sources of the public modules, by the names that sites import them by. */
const MODULES = new Map(
  Object.entries(manifest.exports).flatMap(([name, target]) => {
    if (typeof target === 'string') return [];
    const source = target.types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts');
    return [[name.replace('.', 'startproject'), path.join(SRC, source)]];
  }),
);

/** The examples of all doc comments but those of the commands, which no site imports. */
const EXAMPLES: readonly Example[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('cli'))
  .sort()
  .flatMap(examplesOf);

function examplesOf(file: string): Example[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  return [...text.matchAll(/^ *\/\*\*\n((?: *\*.*\n)+?) *\*\/\n *(.+)/gm)].flatMap(
    ([, comment, declaration]) => {
      const lines = comment!.replace(/^ *\* ?/gm, '');
      const subject = /(?:readonly|type|interface|class|const|function) (\w+)/.exec(declaration!)?.[1];
      return lines
        .split('@example\n')
        .slice(1)
        .map((example) => ({ name: `${file}: ${subject}`, code: example.split(/^@/m)[0]! }));
    },
  );
}

/** What the examples import from a site, and what only other runtimes have. */
const SITE = {
  'package.json': '{ "type": "module" }',
  'mysite/settings.js': "export const ROOT_URLCONF = 'mysite.urls';\nexport const SECRET_KEY = 'secret';\n",
  'mysite/urls.js': 'export const urlpatterns = [];\n',
  'mysite/wsgi.ts': [
    "import type { WSGIApplication } from 'startproject/wsgi';",
    'export const application: WSGIApplication = (_environ, startResponse) => {',
    "  startResponse('200 OK', [['Content-Type', 'text/plain']]);",
    "  return [Buffer.from('hello')];",
    '};',
  ].join('\n'),
  'runtimes.d.ts': [
    'declare namespace Bun {',
    '  interface Server { requestIP(request: Request): { address: string } | null }',
    '  function serve(options: { fetch(request: Request, server: Server): Response | Promise<Response> }): void;',
    '}',
    'interface ExecutionContext { waitUntil(work: Promise<unknown>): void }',
  ].join('\n'),
  'tsconfig.json': JSON.stringify({
    extends: path.join(ROOT, 'test/tsconfig.json'),
    compilerOptions: {
      rootDir: path.parse(ROOT).root,
      rewriteRelativeImportExtensions: false,
      declaration: false,
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
      // An example leaves a parameter unused that shows what there is.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ['*.ts', 'mysite'],
  }),
};

const fileOf = (index: number) => `example-${index}.ts`;

/** With the sources in the place of the built modules, and a free port in that of a fixed one. */
function withSources(code: string): string {
  return code
    .replace(/(?<=(?:from|module) ')startproject\/[^']+(?=')/g, (name) => MODULES.get(name) ?? name)
    .replaceAll('8000', '0');
}

describe('the examples of doc comments', () => {
  let folder = '';
  beforeAll(() => {
    const files = Object.entries(SITE).map(([name, text]) => [name, withSources(text)]);
    // Each a module, so that none sees what another declares.
    const examples = EXAMPLES.map(({ code }, i) => [fileOf(i), `${withSources(code)}\nexport {};\n`]);
    const ends: (() => void)[] = [];
    folder = temporaryFolder(Object.fromEntries([...files, ...examples]), (end) =>
      ends.push(end as () => void),
    );
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    return () => {
      for (const end of ends) end();
    };
  });

  test('explain what is public in every public module', () => {
    expect(EXAMPLES.length).toBeGreaterThan(30);
    expect(
      [...MODULES.keys()].filter((name) => !EXAMPLES.some(({ code }) => code.includes(`'${name}'`))),
    ).toEqual([]);
  });

  test('are sound TypeScript', () => {
    const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const compile = () => execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
    let problems = '';
    try {
      compile();
    } catch (error) {
      problems = (error as { stdout: string }).stdout;
    }
    // Only those of examples: what they add to types for a site is not complete for our own sources.
    const found = [...problems.matchAll(/example-(\d+)\.ts(.*)/g)];
    expect(found.map(([, index, problem]) => `${EXAMPLES[Number(index)]!.name}${problem}`)).toEqual([]);
  });

  test.each(EXAMPLES.map(({ name }, index) => [name, index] as const))('run: %s', async (_name, index) => {
    const listen = vi.spyOn(net.Server.prototype, 'listen');
    vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.stubGlobal('Bun', { serve() {} });
    vi.stubEnv('DJANGO_SETTINGS_MODULE', 'mysite.settings');
    const cwd = process.cwd();
    onTestFinished(() => {
      process.chdir(cwd);
      for (const server of listen.mock.instances as net.Server[]) server.close();
      vi.unstubAllGlobals();
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });
    process.chdir(folder);
    await import(path.join(folder, fileOf(index)));
  });
});
