import { expect, test } from 'vitest';
import { Load } from './_load.ts';
import { runwsgi } from './_runwsgi.ts';

test('each worker gets its share of the connections of a client that makes one after the other', async () => {
  const site = await runwsgi(['-w', '3']);
  const load = new Load({ port: site.port }, { oneRequest: 1 });
  await load.more(400);
  expect((await load.end()).failures).toEqual([]);
  const counts = site.workers.map((pid) => load.bodies.get(`1 ${pid}`) ?? 0);
  for (const count of counts) expect(count).toBeGreaterThan(load.done / 6);
});

test('connections that are kept are spread over the workers, and no request of theirs is lost', async () => {
  const site = await runwsgi(['-w', '2']);
  const load = new Load({ port: site.port }, { keepAlive: 8 });
  const isSpread = async () => {
    const before = new Map(load.bodies);
    await load.more(400);
    const counts = site.workers.map(
      (pid) => (load.bodies.get(`1 ${pid}`) ?? 0) - (before.get(`1 ${pid}`) ?? 0),
    );
    return Math.min(...counts) > 100;
  };
  await expect.poll(isSpread).toBe(true);
  expect((await load.end()).failures).toEqual([]);
});
