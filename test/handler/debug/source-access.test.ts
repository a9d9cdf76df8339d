import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { renderErrorPage } from '../../../src/handler/debug/error-page.ts';
import { readSource } from '../../../src/handler/debug/source/source-file.ts';
import { parseStack } from '../../../src/handler/debug/source/stack-frames.ts';
import { path as route } from '../../../src/handler/urls/index.ts';
import {
  installedLoader,
  installLoader,
  type ModuleLoader,
} from '../../../src/loader/imports/installed-loader.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { ask, createApplication } from '../_client.ts';

/** Makes a folder the project's, for the test. */
function useProject(root: string, hasRead: (file: string) => boolean = () => false): void {
  const before = installedLoader();
  installLoader({ ...before, root, hasRead } as ModuleLoader);
  onTestFinished(() => installLoader(before as ModuleLoader));
}

describe('a client cannot choose what is shown', () => {
  const SECRET = path.join(process.cwd(), '.git/config');

  async function pageFor(error: (name: string) => Error, name: string): Promise<string> {
    useProject(process.cwd());
    const view = (request: Request) => {
      throw error(new URL(request.url).searchParams.get('name')!);
    };
    const application = await createApplication([route('', view)], { DEBUG: true });
    return (await ask(application, `/?name=${encodeURIComponent(name)}`)).body.split('\nGET:')[0]!;
  }

  test.each([
    ['by the message', (name: string) => new Error(`There is no user ${name}`)],
    ['by a message that ends with it', (name: string) => new Error(name)],
    ['by the name', (name: string) => Object.assign(new Error('no user'), { name })],
    [
      'by a message that was changed',
      (name: string) => {
        const error = new Error(`There is no user ${name}`);
        void error.stack;
        error.message = 'changed';
        return error;
      },
    ],
    ['by a cause', (name: string) => new Error('outer', { cause: new Error(name) })],
    ['by one of many errors', (name: string) => new AggregateError([new Error(name)], 'all failed')],
    [
      'by a stack',
      (name: string) => Object.assign(new Error('no user'), { stack: `Error: no user\n${name}` }),
    ],
  ])('%s', async (_, error) => {
    for (const file of ['/etc/passwd', '/proc/self/environ', '/dev/zero', SECRET, `file://${SECRET}`]) {
      const body = await pageFor(error, `bob\n    at x (${file}:1:1)\n    at ${file}:1:1`);
      expect(body).not.toMatch(/> *1 \|/);
      expect(body).not.toContain('hush');
    }
  });

  test('a URL with a host in a message is text', async () => {
    const body = await pageFor((name) => new Error(name), 'bob\n    at x (file://evil/x:1:1)');
    expect(body).toContain('Traceback');
    expect(parseStack('Error: a\n    at x (file://evil/x:1:1)', 'a')[0]).toMatchObject({ file: undefined });
  });
});

describe('the frames behind a message', () => {
  const names = (stack: string, message: string) => parseStack(stack, message).map(({ name }) => name);

  test.each([
    ['Error: a\n    at one (/a.ts:1:1)\n    at two (/a.ts:2:1)', 'a', ['one', 'two']],
    ['Error\n    at one (/a.ts:1:1)', '', ['one']],
    ['TypeError [ERR_X]: a\n    at one (/a.ts:1:1)', 'a', ['one']],
    ['Error: a\nb\n    at forged (/x:1:1)\n    at one (/a.ts:1:1)', 'a\nb\n    at forged (/x:1:1)', ['one']],
    ['Error: a\nb\n    at one (/a.ts:1:1)', 'changed', ['one']],
  ])('of %j are its own', (stack, message, expected) => {
    expect(names(stack, message)).toEqual(expected);
  });

  test('are shown of a site that does not load', () => {
    const page = { title: 'No', message: 'a', stack: 'Error: a\n    at one (/a.ts:1:1)' };
    expect(renderErrorPage(page, { html: false })).toContain('at one (/a.ts:1:1)');
  });
});

describe('source is shown', () => {
  const FILES = { 'mysite/views.ts': 'view', '.env': 'hush', '.git/config': 'hush', 'shared/lib.ts': 'lib' };

  test('of a file of the project, below its root', () => {
    const root = temporaryFolder(FILES);
    useProject(root);
    expect(readSource(path.join(root, 'mysite/views.ts'))).toBe('view');
  });

  test('of a file elsewhere that the loader has read', () => {
    const [root, elsewhere] = [temporaryFolder(FILES), temporaryFolder(FILES)];
    const file = path.join(elsewhere, 'shared/lib.ts');
    useProject(root, (other) => other === file);
    expect(readSource(file)).toBe('lib');
  });

  test.each(['.env', '.git/config', 'mysite', 'nowhere.ts', '../etc/passwd', 'pipe', 'out.ts'])(
    'not of %s',
    (name) => {
      const root = temporaryFolder(FILES);
      execFileSync('mkfifo', [path.join(root, 'pipe')]);
      symlinkSync('/etc/hostname', path.join(root, 'out.ts'));
      useProject(root);
      expect(readSource(path.join(root, name))).toBeUndefined();
    },
  );

  test('of a project whose root is reached by a link', () => {
    const folder = temporaryFolder({ 'real/mysite/views.ts': 'view' });
    mkdirSync(path.join(folder, 'links'));
    const link = path.join(folder, 'links/site');
    symlinkSync(path.join(folder, 'real'), link);
    useProject(realpathSync(link));
    expect(readSource(path.join(link, 'mysite/views.ts'))).toBe('view');
  });
});
