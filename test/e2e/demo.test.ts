import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Program } from './_program.ts';
import { get } from './_runserver.ts';

const BIN = fileURLToPath(new URL('../../bin/startproject.js', import.meta.url));
const SITE = /Demo site, removed when you quit: (\S+)/;

function demo(port: string): Program {
  return new Program(process.execPath, [BIN, '--demo', port], temporaryFolder());
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the demo and removes its site', async (signal) => {
  const program = demo('0');
  const [, site] = await program.saw(SITE);
  const [, url] = await program.saw(/Development server at (\S+)/);
  expect((await get(url!)).status).toBe(200);
  expect(existsSync(site!)).toBe(true);
  const exited = once(program.process, 'exit');
  program.process.kill(signal);
  await exited;
  expect(existsSync(site!)).toBe(false);
});

test('a demo whose port is in use leaves no folder behind', async () => {
  const [, url] = await demo('0').saw(/Development server at (\S+)/);
  const second = demo(new URL(url!).port);
  const exited = once(second.process, 'exit');
  const [, site] = await second.saw(SITE);
  await second.saw(/is already in use/);
  expect(await exited).toEqual([1, null]);
  expect(existsSync(site!)).toBe(false);
});
