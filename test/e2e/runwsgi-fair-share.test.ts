import { expect, test } from 'vitest';
import { Load } from './_load.ts';
import { runwsgi, type Wsgi } from './_runwsgi.ts';

/** Waits until each worker answers more than so many of 400 requests. Where one gets no processor, others answer more. */
async function isSpread(site: Wsgi, load: Load, least: number): Promise<void> {
  const fewest = async () => {
    const before = new Map(load.bodies);
    await load.more(400);
    const counts = site.workers.map(
      (pid) => (load.bodies.get(`1 ${pid}`) ?? 0) - (before.get(`1 ${pid}`) ?? 0),
    );
    return Math.min(...counts);
  };
  await expect.poll(fewest).toBeGreaterThan(least);
}

test('each worker gets its share of successive connections of a client', async () => {
  const site = await runwsgi(['-w', '3']);
  const load = new Load({ port: site.port }, { oneRequest: 1 });
  await isSpread(site, load, 400 / 6);
  expect((await load.end()).failures).toEqual([]);
});

test('persistent connections are spread over the workers, without losing a request', async () => {
  const site = await runwsgi(['-w', '2']);
  const load = new Load({ port: site.port }, { keepAlive: 8 });
  await isSpread(site, load, 100);
  expect((await load.end()).failures).toEqual([]);
});
