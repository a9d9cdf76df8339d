import { expect } from 'vitest';
import type { Suite } from './_suite.ts';

const GIB = 2 ** 30;
/**
 * What a process may grow by in the meantime: what lies there between two collections, which is less than 100 MiB but for
 * Deno on a busy machine (132 were seen), and not the whole.
 */
const GROWTH_MIB = 256;
const TIMEOUT_MS = 180_000;

/** Bodies that do not fit into memory. */
export function testVolumes({ run, needing }: Suite): void {
  needing('node')(
    '20. 1 GiB of a generator is sent in constant memory',
    async () => {
      const streaming = run('streams much', GIB);
      const response = await streaming.send();
      let length = 0;
      for await (const block of response.body!) length += block.length;
      expect(length).toBe(GIB);
      const events = await streaming.saw('close');
      const [, growth] = /grew by (\d+) MiB/.exec(events.join()) ?? [];
      expect(Number(growth)).toBeLessThan(GROWTH_MIB);
    },
    TIMEOUT_MS,
  );

  needing('node')(
    '11. 1 GiB of a body is read in constant memory',
    async () => {
      const block = new Uint8Array(256 * 1024).fill(97);
      const body = ReadableStream.from(
        (async function* () {
          for (let sent = 0; sent < GIB; sent += block.length) yield block;
        })(),
      );
      const counted = await run('counts much').text({ method: 'POST', body, duplex: 'half' } as RequestInit);
      const { length, grownMiB } = JSON.parse(counted);
      expect(length).toBe(GIB);
      expect(grownMiB).toBeLessThan(GROWTH_MIB);
    },
    TIMEOUT_MS,
  );
}
