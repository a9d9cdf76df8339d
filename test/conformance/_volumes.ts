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
const VOLUME_MIB = 256;
const VOLUME = VOLUME_MIB * MIB;
/** What a process may grow by in the meantime, without garbage. Most grow by 10 MiB to 30, on Nodes 20 to 26, Bun and Deno. */
const GROWTH_MIB = VOLUME_MIB / 4;
const TIMEOUT_MS = 180_000;

/** Bodies that are not kept. */
export function testVolumes({ run, served, needing }: Suite): void {
  needing('node')(
    `20. ${VOLUME_MIB} MiB of a generator are sent in constant memory`,
    async () => {
      const streaming = run('streams much', VOLUME);
      expect(await download(served(), streaming)).toBe(VOLUME);
      const events = await streaming.saw('close');
      const [, growth] = /grew by (\d+) MiB/.exec(events.join()) ?? [];
      expect(Number(growth)).toBeLessThan(GROWTH_MIB);
    },
    TIMEOUT_MS,
  );

  needing('node')(
    `11. ${VOLUME_MIB} MiB of a body are read in constant memory`,
    async () => {
      const counted = await upload(served(), run('counts much'), VOLUME);
      const { length, grownMiB } = JSON.parse(counted);
      expect(length).toBe(VOLUME);
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
