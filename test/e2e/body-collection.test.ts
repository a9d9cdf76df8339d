import { expect, test } from 'vitest';
import { get, runserver } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi } from './_runwsgi.ts';

/** Reads a body block by block. A GET answers how many times somebody has had V8 collect the young objects. */
const WSGI = `import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { WSGIApplication } from 'startproject/wsgi';

let count = 0;
interface Collection { readonly detail: { readonly kind: number; readonly flags: number } }
const note = (entries: readonly unknown[]) => {
  for (const { detail } of entries as Collection[])
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR && detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED)
      count += 1;
};
const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ entryTypes: ['gc'] });

export const application: WSGIApplication = async (environ, startResponse) => {
  for await (const block of environ['wsgi.input']) void block;
  note(observer.takeRecords());
  startResponse('200 OK', []);
  return [Buffer.from(String(count))];
};
`;

const MIB = 2 ** 20;

/** @returns how many collections there were after 32 MiB of bodies */
async function collections(url: string): Promise<number> {
  const body = 'x'.repeat(2 * MIB);
  for (let sent = 0; sent < 16; sent++) await get(url, { method: 'POST', body });
  return Number((await get(url)).body);
}

test('a worker of runwsgi has the blocks of bodies collected early, since its heap keeps its room', async () => {
  const site = await runwsgi([], { files: { ...PRODUCTION_SITE, 'mysite/wsgi.ts': WSGI } });
  expect(await collections(`http://127.0.0.1:${site.port}/`)).toBeGreaterThan(0);
});

test('runserver leaves that to V8', async () => {
  const site = await runserver({ 'mysite/wsgi.ts': WSGI });
  expect(await collections(site.url)).toBe(0);
});
