import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { bodyFor } from './_respond.ts';

const FOLDER = fileURLToPath(new URL('../../src/middleware', import.meta.url));
const ENTRY = path.join(FOLDER, 'index.ts');

/** What the example of each file answers at a path. */
const EXPECTED: Readonly<Record<string, readonly [request: Record<string, string>, body: string]>> = {
  'closing.ts': [{ PATH_INFO: '/' }, 'id,name\n1,Ada\n'],
  'compose.ts': [{ PATH_INFO: '/' }, 'outer inner hello'],
  'dispatch-by-host.ts': [{ HTTP_HOST: 'shop.example.com:8000' }, 'tenant'],
  'mount.ts': [{ PATH_INFO: '/api/v2/users' }, 'v2 /users'],
  'proxy-fix.ts': [{ HTTP_X_FORWARDED_PROTO: 'https' }, 'https'],
  'wrap-response.ts': [{ PATH_INFO: '/' }, 'HELLO'],
};

/** That of the function, which stands below those of its options. */
function exampleOf(file: string): string | undefined {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  const [, lines] = [...text.matchAll(/^ \* @example\n(.*?)^ \*\//gms)].at(-1) ?? [];
  return lines?.replace(/^ \* ?/gm, '').replaceAll('startproject/middleware', ENTRY);
}

test('every middleware has an example', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  expect(files.filter((file) => exampleOf(file))).toEqual(Object.keys(EXPECTED));
  expect(files.sort()).toEqual(Object.keys(EXPECTED));
});

test.each(Object.entries(EXPECTED))('the example of %s works', async (file, [request, body]) => {
  const folder = temporaryFolder({ 'example.ts': exampleOf(file)! });
  const { application } = (await import(path.join(folder, 'example.ts'))) as { application: WSGIApplication };
  expect(await bodyFor(application, request)).toBe(body);
});
