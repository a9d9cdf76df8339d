import { mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FOLDER, SourceFiles } from '../../../src/loader/sources/source-files.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

test.each<['read' | 'readIfThere', boolean]>([
  ['read', true],
  ['readIfThere', false],
])('a file that %s() cannot read counts as changed when it becomes readable', (read, throws) => {
  const file = path.join(temporaryFolder(), 'a.ts');
  mkdirSync(file);
  const files = new SourceFiles();
  const attempt = () => files[read](file);
  if (throws) expect(attempt).toThrow('EISDIR');
  else expect(attempt()).toBeUndefined();
  expect([files.states.get(file), files.hasChanged(file)]).toEqual([FOLDER, false]);
  rmdirSync(file);
  writeFileSync(`${file}~`, 'text');
  renameSync(`${file}~`, file);
  expect(files.hasChanged(file)).toBe(true);
});
