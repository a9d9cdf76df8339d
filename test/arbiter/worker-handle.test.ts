import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { spawnWorker } from './_spawn-worker.ts';

test('that a listener of its end throws does not keep a worker from having ended', async () => {
  const folder = temporaryFolder({ 'worker.cjs': 'process.exit(3)' });
  const worker = spawnWorker(`${folder}/worker.cjs`);
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  worker.listen({
    onMessage() {},
    onExit({ code }) {
      throw new Error(`code ${code}`);
    },
  });
  expect(await thrown).toEqual(new Error('code 3'));
  await worker.ended;
});
