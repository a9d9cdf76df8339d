import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './_temp-folder.ts';

/** Goes on to write files for a moment, as a worker does whose server was killed. */
const WRITER = `
const { writeFileSync } = require('node:fs');
for (let n = 0; n < 4000; n++) {
  try { writeFileSync(n + '.txt', ''); } catch {}
}`;

test('a folder is removed though a process still writes into it', async () => {
  const ends: (() => void | Promise<void>)[] = [];
  const folder = temporaryFolder({}, (end) => ends.push(end));
  const writer = spawn(process.execPath, ['-e', WRITER], { cwd: folder, stdio: 'ignore' });
  await expect.poll(() => existsSync(path.join(folder, '100.txt')), { interval: 1 }).toBe(true);
  for (const end of ends) await end();
  writer.kill();
  expect(existsSync(folder)).toBe(false);
});
