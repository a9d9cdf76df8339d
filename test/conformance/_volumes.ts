import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'vitest';
import type { Run } from './_running.ts';
import type { Served } from './_subject.ts';
import type { Suite } from './_suite.ts';

const MIB = 2 ** 20;
/**
 * What a process may grow by in the meantime: what lies there between two collections, which is less than 100 MiB but for
 * Deno on a busy machine (132 were seen), and not the whole.
 */
const GROWTH_MIB = 256;
const TIMEOUT_MS = 180_000;

/** Bodies that do not fit into memory. */
export function testVolumes({ run, served, needing }: Suite, volumeMiB: number): void {
  const volume = volumeMiB * MIB;

  needing('node')(
    `20. ${volumeMiB} MiB of a generator are sent in constant memory`,
    async () => {
      const streaming = run('streams much', volume);
      expect(await download(served(), streaming)).toBe(volume);
      const events = await streaming.saw('close');
      const [, growth] = /grew by (\d+) MiB/.exec(events.join()) ?? [];
      expect(Number(growth)).toBeLessThan(GROWTH_MIB);
    },
    TIMEOUT_MS,
  );

  needing('node')(
    `11. ${volumeMiB} MiB of a body are read in constant memory`,
    async () => {
      const counted = await upload(served(), run('counts much'), volume);
      const { length, grownMiB } = JSON.parse(counted);
      expect(length).toBe(volume);
      expect(grownMiB).toBeLessThan(GROWTH_MIB);
    },
    TIMEOUT_MS,
  );
}

const BLOCK = new Uint8Array(256 * 1024).fill(97);

/** @returns how many bytes came. `fetch()` takes twice the processor time of `node:http`. */
async function download(served: Served, run: Run): Promise<number> {
  let length = 0;
  if (served.fetch) {
    for await (const block of (await run.send()).body!) length += block.length;
    return length;
  }
  const request = clientOf(served).get(served.url, { agent: false, headers: run.headers });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('data', (block: Buffer) => {
    length += block.length;
  });
  await once(response, 'end');
  return length;
}

/** @returns the text that is answered to a body of this length. */
async function upload(served: Served, run: Run, length: number): Promise<string> {
  const blocks = Array.from({ length: length / BLOCK.length }, () => BLOCK);
  if (served.fetch)
    return run.text({ method: 'POST', body: ReadableStream.from(blocks), duplex: 'half' } as RequestInit);
  const request = clientOf(served).request(served.url, {
    method: 'POST',
    agent: false,
    headers: run.headers,
  });
  const answered = once(request, 'response');
  await pipeline(blocks, request);
  const [response] = (await answered) as [http.IncomingMessage];
  return text(response);
}

function clientOf({ isSecure }: Served): typeof http | typeof https {
  return isSecure ? https : http;
}
